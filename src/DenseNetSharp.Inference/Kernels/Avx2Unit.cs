using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// AVX2 with FMA: 16 registers of 8 floats. A tile of 6 rows by 2 vectors keeps 12 sums, 2 vectors of weights and the value
/// of one pixel in 15 of them; 4 by 3 keeps 12 + 3 + 1.
/// </summary>
internal readonly unsafe struct Avx2Unit : IVectorUnit<Vector256<float>>
{
    public static FusedKernel Kernel => FusedKernel.Avx2;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Lanes => 8;

    public static int MostRows(int vectors) => vectors == 3 ? 4 : 6;

    public static Vector256<float> Load(float* source) => Avx.LoadVector256(source);

    public static void Store(float* destination, Vector256<float> value) => Avx.Store(destination, value);

    public static void Prefetch(float* address) => Sse.Prefetch1(address);

    public static Vector256<float> Broadcast(float value) =>
        Avx2.BroadcastScalarToVector256(Vector128.CreateScalarUnsafe(value));

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => Avx.Add(a, b);

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => Avx.Subtract(a, b);

    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => Avx.Multiply(a, b);

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.MultiplyAdd(a, b, c);

    // maxps gives its second operand where either is not a number.
    public static Vector256<float> AtLeast(Vector256<float> floor, Vector256<float> value) => Avx.Max(floor, value);

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);
}
