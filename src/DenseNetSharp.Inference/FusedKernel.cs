namespace DenseNetSharp.Inference;

/// <summary>The instructions that an engine computes with, chosen when it is loaded. All agree to rounding.</summary>
public enum FusedKernel
{
    /// <summary>Vectors of 128 bits, on any processor: ARM64's NEON through the same code.</summary>
    Vector128,

    /// <summary>x64's AVX2 with FMA.</summary>
    Avx2,

    /// <summary>x64's AVX-512.</summary>
    Avx512,
}
