using DenseNetSharp.Images;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>A service does not classify an image, for a reason that it can name.</summary>
public sealed class ImageRejectedException : Exception
{
    internal ImageRejectedException(RejectionReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why.</summary>
    public RejectionReason Reason { get; }

    /// <summary>The status that HTTP has for it: 413, 415, 422, 429 or 503.</summary>
    public int HttpStatus => Reason switch
    {
        RejectionReason.QueueFull => 429,
        RejectionReason.NotReady => 503,
        RejectionReason.TooManyBytes or RejectionReason.TooManyPixels => 413,
        RejectionReason.UnsupportedFormat => 415,
        _ => 422,
    };

    internal static ImageRejectedException OutOfService(string classifier) =>
        new(RejectionReason.NotReady, $"The classifier {classifier} is no longer in service.");

    internal static ImageRejectedException Of(ImageFormatException exception) => new(
        exception.Problem switch
        {
            ImageProblem.TooManyBytes => RejectionReason.TooManyBytes,
            ImageProblem.TooManyPixels => RejectionReason.TooManyPixels,
            ImageProblem.UnknownFormat => RejectionReason.UnsupportedFormat,
            _ => RejectionReason.UnusableImage,
        },
        InTheWordsOfTheService(exception.Message),
        exception);

    /// <summary>Limits have other names among a service's options.</summary>
    private static string InTheWordsOfTheService(string message) => message
        .Replace("ImageDecodeOptions.MaxFileBytes", nameof(DenseNetClassifierOptions.MaxBytes), StringComparison.Ordinal)
        .Replace("ImageDecodeOptions.MaxPixels", nameof(DenseNetClassifierOptions.MaxPixels), StringComparison.Ordinal);
}
