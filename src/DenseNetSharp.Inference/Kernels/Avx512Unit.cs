using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// AVX-512: 32 registers of 16 floats. A tile of 14 rows by 2 vectors keeps 28 sums, 2 vectors of weights and the value of
/// one pixel in 31 of them; 9 by 3 keeps 27 + 3 + 1.
/// </summary>
internal readonly unsafe struct Avx512Unit : IVectorUnit<Vector512<float>>
{
    public static FusedKernel Kernel => FusedKernel.Avx512;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Lanes => 16;

    public static int MostRows(int vectors) => vectors == 3 ? 9 : 14;

    public static Vector512<float> Load(float* source) => Avx512F.LoadVector512(source);

    public static void Store(float* destination, Vector512<float> value) => Avx512F.Store(destination, value);

    public static void Prefetch(float* address) => Sse.Prefetch1(address);

    public static Vector512<float> Broadcast(float value) =>
        Avx512F.BroadcastScalarToVector512(Vector128.CreateScalarUnsafe(value));

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => Avx512F.Add(a, b);

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => Avx512F.Subtract(a, b);

    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => Avx512F.Multiply(a, b);

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAdd(a, b, c);

    // maxps gives its second operand where either is not a number.
    public static Vector512<float> AtLeast(Vector512<float> floor, Vector512<float> value) => Avx512F.Max(floor, value);

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);
}
