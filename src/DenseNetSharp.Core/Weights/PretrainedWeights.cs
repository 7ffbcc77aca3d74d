using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Weights.Caching;
using DenseNetSharp.Weights.Downloading;

namespace DenseNetSharp.Weights;

/// <summary>A file of pretrained weights: where it is, how to know it, and what it achieves.</summary>
public sealed record PretrainedWeights
{
    /// <summary>
    /// The name, as its publisher writes it: torchvision's <c>DenseNet121_Weights.IMAGENET1K_V1</c>, timm's
    /// <c>densenet121.ra_in1k</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Other names that the weights go by, such as older ones.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The name of the network that the weights belong to, such as <c>densenet121</c>.</summary>
    public required string ArchitectureName { get; init; }

    /// <summary>
    /// The network that the weights belong to, with its number of classes; null where this version does not build it.
    /// </summary>
    public required DenseNetSpec? Architecture { get; init; }

    /// <summary>Where the file can be had: an address of the web that ends in the file's name.</summary>
    /// <exception cref="ArgumentException">The address is not of http or https, or ends in no file name.</exception>
    public required Uri Url
    {
        get;
        init => field = value is { IsAbsoluteUri: true, Scheme: "http" or "https" } && Path.GetFileName(value.LocalPath) != ""
            ? value
            : throw new ArgumentException(
                "The address of weights must start with http:// or https:// and end in a file's name.", nameof(Url));
    }

    /// <summary>
    /// The repository on the Hugging Face Hub, such as <c>timm/densenet121.ra_in1k</c>, whose cache may hold the file;
    /// null where there is none.
    /// </summary>
    public string? HuggingFaceId { get; init; }

    /// <summary>The file's name in the cache: unless set the last part of <see cref="Url"/>, as in PyTorch's hub.</summary>
    public string FileName
    {
        get => field ?? Path.GetFileName(Url.LocalPath);
        init;
    }

    /// <summary>
    /// The hexadecimal digits that the file's SHA-256 starts with, kept in lower case; null where none are known, and so
    /// for an empty text. torchvision's files carry eight of them in their names.
    /// </summary>
    /// <exception cref="ArgumentException">It is not 1 to 64 hexadecimal digits.</exception>
    public string? Sha256Prefix
    {
        get;
        init => field = string.IsNullOrEmpty(value) ? null
            : value.Length <= 64 && value.All(char.IsAsciiHexDigit) ? value.ToLowerInvariant()
            : throw new ArgumentException("The start of a SHA-256 is 1 to 64 hexadecimal digits.", nameof(Sha256Prefix));
    }

    /// <summary>The file's size in MiB, as rounded by its publisher; 0 where it is not known.</summary>
    public double SizeInMebibytes { get; init; }

    /// <summary>Trainable values.</summary>
    public long ParameterCount { get; init; }

    /// <summary>
    /// Multiply-adds of one 224 by 224 image, in units of 10^9, as published with the weights. timm counts more
    /// operations than torchvision does, so its figures compare only with each other.
    /// </summary>
    public double GigaMultiplyAdds { get; init; }

    /// <summary>What the weights achieve, once for each preset they were measured under.</summary>
    public IReadOnlyList<WeightsAccuracy> Accuracies { get; init; } = [];

    /// <summary>
    /// How images are prepared for the weights: the preset of the first of <see cref="Accuracies"/>, torchvision's where
    /// there are none.
    /// </summary>
    public ImagePreset Preset => Accuracies is [var first, ..] ? first.Preset : ImagePreset.TorchvisionImageNet;

    /// <summary>Top-1 accuracy in percent, of the first of <see cref="Accuracies"/>; 0 where there are none.</summary>
    public double Top1Accuracy => Accuracies is [var first, ..] ? first.Top1 : 0;

    /// <summary>Top-5 accuracy in percent, of the first of <see cref="Accuracies"/>; 0 where there are none.</summary>
    public double Top5Accuracy => Accuracies is [var first, ..] ? first.Top5 : 0;

    /// <summary>The names of the classes, in the order of the classifier's outputs.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The number of classes.</summary>
    public int NumClasses => Categories.Count;

    /// <summary>How the weights were trained, or where that is described.</summary>
    public required string Recipe { get; init; }

    /// <summary>Under which terms the weights are published.</summary>
    public required string License { get; init; }

    /// <summary>The network that the weights belong to, where this version builds it.</summary>
    /// <exception cref="NotSupportedException">This version does not build the network.</exception>
    public DenseNetSpec RequireArchitecture() => Architecture ?? throw new NotSupportedException(
        $"The weights {Name} belong to {ArchitectureName}, an architecture that this version of DenseNetSharp does not build.");

    /// <summary>The classifier that owns a network with these weights, with their preset and the names of their classes.</summary>
    internal ImageClassifier ClassifierOf(IImageNetwork network) =>
        RunClassifier.Owning(network, () => new ImageClassifier(network, Preset, Categories) { OwnsNetwork = true });

    /// <summary>
    /// Looks for the file on this machine: in PyTorch's cache, then, for weights of the Hugging Face Hub, in theirs.
    /// Nothing is read or downloaded.
    /// </summary>
    /// <param name="options">Where to look, or null for the defaults.</param>
    /// <returns>The path of the file, whose hash is yet to be checked; null where there is none.</returns>
    public string? FindCachedFile(WeightsDownloadOptions? options = null) =>
        CachedWeights.Find(this, options ?? new WeightsDownloadOptions());

    /// <summary>
    /// The file: where <see cref="FindCachedFile"/> finds it, its hash checked once a process (without a known hash, its
    /// tensors' names and shapes), else downloaded to PyTorch's cache. Processes that want the same file at the same time wait for the first of them.
    /// </summary>
    /// <param name="options">Where to keep it and how to get it, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops a download; what has arrived stays for the next one to go on with.</param>
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
