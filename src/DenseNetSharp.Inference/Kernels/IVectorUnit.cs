namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// One processor's vector arithmetic, which the kernels are written against. An implementation has no state: the compiler
/// makes a copy of each kernel for each unit, in which every member is one instruction.
/// </summary>
/// <typeparam name="TVector">The processor's vector of floats.</typeparam>
internal unsafe interface IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>Which of the kernels this is.</summary>
    static abstract FusedKernel Kernel { get; }

    /// <summary>Whether the processor, and the runtime, have its instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Floats in a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>The most rows whose sums fit the registers when a panel is this many vectors wide (see MicroKernel).</summary>
    static abstract int MostRows(int vectors);

    static abstract TVector Load(float* source);

    static abstract void Store(float* destination, TVector value);

    /// <summary>Begins to bring a cache line into the second cache; any address is allowed.</summary>
    static abstract void Prefetch(float* address);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of the two; <paramref name="value"/> where it is not a number, as PyTorch's ReLU has it.</summary>
    static abstract TVector AtLeast(TVector floor, TVector value);

    /// <summary>The larger of the two; not a number where one is not, as PyTorch's max pooling has it.</summary>
    static abstract TVector Max(TVector a, TVector b);
}
