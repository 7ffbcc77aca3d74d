namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Why a service does not classify an image.</summary>
public enum RejectionReason
{
    /// <summary>As many requests wait already as may (<see cref="DenseNetClassifierOptions.MaxQueue"/>); HTTP's 429.</summary>
    QueueFull,

    /// <summary>No network is loaded: not yet, or not any more; HTTP's 503.</summary>
    NotReady,

    /// <summary>The image has more bytes than <see cref="DenseNetClassifierOptions.MaxBytes"/>; HTTP's 413.</summary>
    TooManyBytes,

    /// <summary>The image has more pixels than <see cref="DenseNetClassifierOptions.MaxPixels"/>; HTTP's 413.</summary>
    TooManyPixels,

    /// <summary>No decoder knows the format, or its library is not installed; HTTP's 415.</summary>
    UnsupportedFormat,

    /// <summary>The image is empty, damaged or too small for the network; HTTP's 422.</summary>
    UnusableImage,
}
