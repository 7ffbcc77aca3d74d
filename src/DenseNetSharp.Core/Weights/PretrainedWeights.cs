using DenseNetSharp.Architectures;

namespace DenseNetSharp.Weights;

/// <summary>A file of pretrained weights: where it is, how to know it, and what it achieves.</summary>
public sealed record PretrainedWeights
{
    /// <summary>The name, as torchvision writes it: <c>DenseNet121_Weights.IMAGENET1K_V1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The network that the weights belong to, with its number of classes.</summary>
    public required DenseNetSpec Architecture { get; init; }

    /// <summary>Where the file can be had.</summary>
    public required Uri Url { get; init; }

    /// <summary>The file's name in the cache: the last part of <see cref="Url"/>, as in PyTorch's hub.</summary>
    public string FileName => Path.GetFileName(Url.LocalPath);

    /// <summary>
    /// The hexadecimal digits that the file's SHA-256 starts with, in lower case; null where none are known. The
    /// official files carry eight of them in their names.
    /// </summary>
    public string? Sha256Prefix { get; init; }

    /// <summary>The file's size in MiB, as torchvision publishes it.</summary>
    public double SizeInMebibytes { get; init; }

    /// <summary>Trainable values.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Multiply-adds of one 224 by 224 image, in units of 10^9, as torchvision publishes them.</summary>
    public double GigaMultiplyAdds { get; init; }

    /// <summary>Top-1 accuracy on ImageNet's validation set in percent.</summary>
    public double Top1Accuracy { get; init; }

    /// <summary>Top-5 accuracy on ImageNet's validation set in percent.</summary>
    public double Top5Accuracy { get; init; }

    /// <summary>The names of the classes, in the order of the classifier's outputs.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The number of classes.</summary>
    public int NumClasses => Categories.Count;

    /// <summary>How the weights were trained, or where that is described.</summary>
    public required string Recipe { get; init; }

    /// <summary>Under which terms the weights are published.</summary>
    public required string License { get; init; }

    /// <summary>
    /// The file: from the cache, where its hash is checked once a process, else downloaded there.
    /// </summary>
    /// <param name="options">Where to keep it and how to get it, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops a download; what had arrived is deleted.</param>
    /// <returns>The path of a file whose hash is right.</returns>
    /// <exception cref="PretrainedWeightsException">The file cannot be had; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public Task<string> GetFileAsync(
        WeightsDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        WeightsDownload.GetFileAsync(this, options ?? new WeightsDownloadOptions(), cancellationToken);

    /// <inheritdoc cref="GetFileAsync"/>
    public string GetFile(WeightsDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        // On a pool thread, so that a caller's synchronization context cannot wait for itself.
        Task.Run(() => GetFileAsync(options, cancellationToken), cancellationToken).GetAwaiter().GetResult();
}
