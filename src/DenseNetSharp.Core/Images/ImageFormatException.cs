namespace DenseNetSharp.Images;

/// <summary>A file or a block of bytes is no image that can be decoded: unknown, corrupt, truncated or too large.</summary>
/// <remarks>
/// The message is one sentence that names the file, where there is one, and says what is wrong with it. Decoders throw
/// this type and no other for bad input; a path that cannot be opened gives the usual <see cref="IOException"/>s.
/// </remarks>
public sealed class ImageFormatException : Exception
{
    /// <summary>Says what is wrong with an image that has no name.</summary>
    /// <param name="reason">What is wrong, as the end of a sentence: "the file ends inside a chunk".</param>
    /// <param name="innerException">What was thrown underneath, if anything.</param>
    public ImageFormatException(string reason, Exception? innerException = null)
        : base($"Not a usable image: {reason}.", innerException) => Reason = reason;

    private ImageFormatException(string fileName, ImageFormatException cause)
        : base($"{fileName}: {cause.Reason}.", cause)
    {
        FileName = fileName;
        Reason = cause.Reason;
        Problem = cause.Problem;
    }

    /// <summary>The file at fault as the caller named it, or null if the image came from a stream or from bytes.</summary>
    public string? FileName { get; }

    /// <summary>What is wrong, without the file's name.</summary>
    public string Reason { get; }

    /// <summary>What kind of fault it is, for whoever answers each in another way, as a web service does.</summary>
    public ImageProblem Problem { get; init; }

    internal ImageFormatException InFile(string fileName) => new(fileName, this);
}
