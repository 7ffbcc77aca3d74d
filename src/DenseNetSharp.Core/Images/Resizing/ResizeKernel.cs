namespace DenseNetSharp.Images.Resizing;

/// <summary>The instructions that rows are summed with. All give the same bytes.</summary>
internal enum ResizeKernel
{
    /// <summary>Ordinary arithmetic.</summary>
    Scalar,

    /// <summary>Vectors of 128 bits, whichever processor they belong to.</summary>
    Vector128,

    /// <summary>x64's AVX2.</summary>
    Avx2,
}
