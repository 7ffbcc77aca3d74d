namespace DenseNetSharp.Images;

/// <summary>Why a file or a block of bytes is no usable image.</summary>
public enum ImageProblem
{
    /// <summary>It is empty, damaged, truncated, or uses a part of its format that is not read.</summary>
    Damaged,

    /// <summary>No decoder knows its format.</summary>
    UnknownFormat,

    /// <summary>It has more bytes than <see cref="ImageDecodeOptions.MaxFileBytes"/>.</summary>
    TooManyBytes,

    /// <summary>It has more pixels than <see cref="ImageDecodeOptions.MaxPixels"/>, or than fit in one array.</summary>
    TooManyPixels,
}
