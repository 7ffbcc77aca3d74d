using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Vectors of 4 floats on any processor: ARM64's NEON, x64's SSE. 6 rows by 2 vectors keep 12 sums, which fits x64's 16
/// registers as well as ARM64's 32.
/// </summary>
internal readonly unsafe struct PortableUnit : IVectorUnit<Vector128<float>>
{
    public static FusedKernel Kernel => FusedKernel.Vector128;

    public static bool IsSupported => true;

    public static int Lanes => 4;

    public static int MostRows(int vectors) => vectors == 3 ? 4 : 6;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static void Store(float* destination, Vector128<float> value) => value.Store(destination);

    public static void Prefetch(float* address)
    {
        // .NET has none for ARM64.
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    // Fused where the processor fuses it, two steps where it does not.
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    public static Vector128<float> AtLeast(Vector128<float> floor, Vector128<float> value) => Vector128.Max(floor, value);

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);
}
