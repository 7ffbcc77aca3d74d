using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>What is done to a vector of a Winograd convolution's outputs before it is stored: nothing, or bias and floor.</summary>
/// <typeparam name="TUnit">The vector unit.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
/// <typeparam name="TFinish">1 for bias and floor, 0 for nothing.</typeparam>
internal readonly unsafe struct WinogradFinish<TUnit, TVector, TFinish>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
    where TFinish : IConstant
{
    private readonly TVector _bias;
    private readonly TVector _floor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WinogradFinish(float* bias, float floor)
    {
        if (TFinish.Value == 1)
        {
            _bias = TUnit.Load(bias);
            _floor = TUnit.Broadcast(floor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* output, TVector value) =>
        TUnit.Store(output, TFinish.Value == 1 ? TUnit.AtLeast(_floor, TUnit.Add(value, _bias)) : value);
}
