using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>What a classifier of a service is made of and may take, by default the section <c>DenseNet:NAME</c> of the configuration
/// (<c>DenseNet</c> for the one without a name).</summary>
public sealed class DenseNetClassifierOptions
{
    /// <summary>The name of the engine that is built in.</summary>
    public const string FusedEngine = "fused";

    /// <summary>The checkpoint: a legacy or zip <c>.pth</c>, a safetensors file or TorchSharp's own. A relative path begins at the
    /// host's content root. What a <c>run.json</c> beside it says counts where nothing here says otherwise.</summary>
    public string? File { get; set; }

    /// <summary>What computes: <see cref="FusedEngine"/>, or a name given to <see cref="DenseNetBuilder.UseEngine"/>; null for the engine
    /// given there, else the fused one.</summary>
    public string? Engine { get; set; }

    /// <summary>Where the network goes, in the words of the engine, such as <c>cuda:0</c>; null for its own choice.</summary>
    public string? Device { get; set; }

    /// <summary>The most threads that the fused engine computes on; null for one a processor. Other engines may make of it what they can.
    /// </summary>
    public int? Threads { get; set; }

    /// <summary>How images are prepared: the name of an <see cref="ImagePreset"/>, or a JSON file; null for what the checkpoint says.</summary>
    public string? Preset { get; set; }

    /// <summary>What the outputs mean; null for what the checkpoint says.</summary>
    public ClassificationTask? Task { get; set; }

    /// <summary>The classes' names, one an output; null for what the checkpoint says.</summary>
    public IReadOnlyList<string>? Labels { get; set; }

    /// <summary>The probability from which on a class counts as found, one an output; null for what the checkpoint says.</summary>
    public IReadOnlyList<float>? Thresholds { get; set; }

    /// <summary>The most bytes that an image may have, encoded: 20 MiB unless set.</summary>
    public int MaxBytes { get; set; } = 20 << 20;

    /// <summary>The most pixels that an image may have: 50 million unless set, which take 150 MB.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>The most images that are decoded or computed at the same time; null for <see cref="Threads"/> of the fused engine, and
    /// for twice <see cref="MaxBatch"/> of another or with batches.</summary>
    public int? MaxConcurrency { get; set; }

    /// <summary>The most requests beyond those that are received or wait for their turn; 100 unless set. Further ones are
    /// rejected at once.</summary>
    public int MaxQueue { get; set; } = 100;

    /// <summary>The most images that the network gets at once; 1, unless set, for no batches. docs/hosting.md says where they pay.</summary>
    public int MaxBatch { get; set; } = 1;

    /// <summary>How long an image waits for others to make a batch with it, at most; 2 ms unless set.</summary>
    public TimeSpan MaxBatchWait { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often the files are looked at for changes; 2 seconds unless set, zero for never. A change is taken over once the
    /// files have stayed the same from one look to the next.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether a network that has been loaded computes once before it takes over; true unless set. One whose scores are not
    /// numbers is refused then.</summary>
    public bool WarmUp { get; set; } = true;

    /// <summary><see cref="MaxConcurrency"/> with its default.</summary>
    internal int Concurrency => MaxConcurrency
        ?? (Engine == FusedEngine && MaxBatch == 1 ? Threads ?? Math.Min(Environment.ProcessorCount, FusedDenseNetOptions.MostThreads) : 2 * MaxBatch);

    /// <summary>Whether other options say the same.</summary>
    internal bool Says(DenseNetClassifierOptions other) =>
        (File, Engine, Device, Threads, Preset, Task, WarmUp) == (other.File, other.Engine, other.Device, other.Threads, other.Preset, other.Task, other.WarmUp)
        && (MaxBytes, MaxPixels, MaxConcurrency, MaxQueue) == (other.MaxBytes, other.MaxPixels, other.MaxConcurrency, other.MaxQueue)
        && (MaxBatch, MaxBatchWait, WatchInterval) == (other.MaxBatch, other.MaxBatchWait, other.WatchInterval)
        && AreSame(Labels, other.Labels)
        && AreSame(Thresholds, other.Thresholds);

    private static bool AreSame<T>(IReadOnlyList<T>? values, IReadOnlyList<T>? others) =>
        values is null ? others is null : others is not null && values.SequenceEqual(others);
}
