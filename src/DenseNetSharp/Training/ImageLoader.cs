using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>
/// Batches of a data set as tensors, what PyTorch's <c>DataLoader</c> over torchvision's <c>ImageFolder</c> gives: decoded,
/// prepared and augmented on worker threads ahead of the loop that uses them.
/// </summary>
/// <remarks>Tensors are made outside the dispose scopes of the thread that enumerates: each batch is the caller's to dispose.</remarks>
public sealed class ImageLoader
{
    /// <summary>Makes a loader.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="preset">How they are prepared for evaluation, and for training where nothing augments them.</param>
    /// <param name="augmentation">How they are prepared for training instead; null for no augmentation.</param>
    /// <exception cref="ArgumentException">The preset leaves images their own sizes, or the augmentation makes others.</exception>
    public ImageLoader(ImageDataset dataset, ImagePreset preset, TrainingTransform? augmentation = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(preset);
        if (preset.FixedOutputSize is not { } size)
        {
            throw new ArgumentException(
                $"The preset '{preset.Name}' leaves images their own sizes, which make no batches; one with a crop (cropSize, the command's --size) or a "
                + "whole size (fixedSize, --resize HxW) makes them equal.", nameof(preset));
        }

        if (augmentation is not null && (augmentation.OutputSize, augmentation.Preset.Channels) != (size, preset.Channels))
        {
            throw new ArgumentException(
                $"The augmentation makes {augmentation.Preset.Channels} channels of {augmentation.OutputSize}, the preset "
                + $"{preset.Channels} of {size}.",
                nameof(augmentation));
        }

        (Dataset, Preset, Augmentation) = (dataset, preset, augmentation);
    }

    /// <summary>The images.</summary>
    public ImageDataset Dataset { get; }

    /// <summary>How they are prepared for evaluation.</summary>
    public ImagePreset Preset { get; }

    /// <summary>How they are prepared for training, or null for the preset's way.</summary>
    public TrainingTransform? Augmentation { get; }

    /// <summary>Batch size, workers and decoding.</summary>
    public ImageBatchOptions Options { get; init; } = new();

    /// <summary>Which images an epoch of training has.</summary>
    /// <exception cref="ArgumentException">It is <see cref="TrainingSampler.Balanced"/>, and the classes do not exclude each other.
    /// </exception>
    public TrainingSampler Sampler
    {
        get;
        init => field = value == TrainingSampler.Shuffled || Dataset.Task == ClassificationTask.Multiclass
            ? value
            : throw new ArgumentException(
                "Images are drawn in a balanced way where classes exclude each other; where they do not, weights of positives balance.", nameof(Sampler));
    }

    /// <summary>Whether a last batch of fewer images is left out in training: a batch norm cannot train on a single one.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>Told of each image that cannot be read, also where no other is left of its batch.</summary>
    public Action<ImageBatchItem<LabelledImage>>? ImageUnreadable { get; init; }

    /// <summary>Where batches go; null for the CPU. To another device they go one ahead, from a thread of its own, out of pinned memory: as
    /// bytes, which are scaled and normalised there to the same bits, or as floats where random erasing is the last step.</summary>
    public Device? Device { get; init; }

    /// <summary>Whether batches go as they do to a device that is not the CPU.</summary>
    internal bool IsAhead
    {
        get => field || Device is { type: not DeviceType.CPU };
        init;
    }

    /// <summary>The number of training batches an epoch.</summary>
    public int BatchesPerEpoch => DropLast
        ? Dataset.Images.Count / Options.BatchSize
        : (Dataset.Images.Count + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>The images of one epoch of training, in random order and augmented: each once, or as <see cref="Sampler"/> says.</summary>
    /// <param name="seed">The run's seed. It, the epoch and an image's place in the data set decide everything; the number
    /// of workers nothing.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="firstBatch">The batch to begin with, where an epoch is continued; those before it are not read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The batches; the order is that of <c>DataLoader(shuffle=True)</c>, or of a <c>DataLoader</c> with a
    /// <c>WeightedRandomSampler</c>, with a generator (the sampler's too) whose seed is <paramref name="seed"/> +
    /// <paramref name="epoch"/>. A batch with no readable image is left out.</returns>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<LabelledBatch> TrainingBatches(
        long seed, int epoch, int firstBatch = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Load(Draws(TrainingOrder(seed, epoch)), firstBatch, Augmentation is null ? Plain : Augmented(), cancellationToken);

        Preparation Augmented() => new(
            Augmentation.Preset,
            (draw, image, destination) => Augmentation.Apply(image, Random(draw), destination),
            Augmentation.Erasing is null
                ? (draw, image, destination) => ImagePreprocessor.Run(Augmentation.Preset, Augmentation.Augment(image, Random(draw)), destination)
                : null);

        TorchRandom Random(Draw draw) => TorchRandom.For(seed, epoch, draw.Place + (long)draw.Repetition * Dataset.Images.Count);
    }

    /// <summary>The images' places in the data set in the order of one epoch of training.</summary>
    internal IReadOnlyList<int> TrainingOrder(long seed, int epoch)
    {
        var random = new TorchRandom(unchecked(seed + epoch));
        // PyTorch's loader draws its workers' base seed first.
        random.NextUInt64();
        var count = Dataset.Images.Count;
        var order = Sampler == TrainingSampler.Balanced ? WeightedDraws.Draw(random, BalancedWeights(), count) : random.Permutation(count);
        return DropLast ? order[..(BatchesPerEpoch * Options.BatchSize)] : order;
    }

    /// <summary>All images in the data set's order, not augmented.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The batches. A batch with no readable image is left out.</returns>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<LabelledBatch> EvaluationBatches(CancellationToken cancellationToken = default) =>
        Load(Draws(Enumerable.Range(0, Dataset.Images.Count)), 0, Plain, cancellationToken);

    private Preparation Plain => new(
        Preset,
        (_, image, destination) => Preset.Apply(image, destination),
        (_, image, destination) => ImagePreprocessor.Run(Preset, image, destination));

    /// <summary>For each image one by the number of its class's images.</summary>
    private double[] BalancedWeights()
    {
        var counts = Dataset.CountPerClass();
        return [.. Dataset.Images.Select(image => 1.0 / counts[image.Class])];
    }

    /// <summary>Tells an image that comes again from its first time: it is augmented anew.</summary>
    private static IEnumerable<Draw> Draws(IEnumerable<int> order)
    {
        var seen = new Dictionary<int, int>();
        foreach (var place in order)
        {
            var repetition = seen.GetValueOrDefault(place);
            seen[place] = repetition + 1;
            yield return new Draw(place, repetition);
        }
    }

    private IEnumerable<LabelledBatch> Load(IEnumerable<Draw> order, int firstBatch, Preparation preparation, CancellationToken cancellationToken)
    {
        var draws = order.Skip((int)Math.Min((long)firstBatch * Options.BatchSize, int.MaxValue));
        var batches = IsAhead
            ? Ahead.Of(preparation.ToBytes is { } toBytes
                ? OnDevice(Prepared(draws, toBytes, cancellationToken), firstBatch, preparation.Preset)
                : OnDevice(Prepared(draws, preparation.ToFloats, cancellationToken), firstBatch, preparation.Preset))
            : OnCpu(Prepared(draws, preparation.ToFloats, cancellationToken), firstBatch);
        foreach (var batch in batches)
        {
            foreach (var item in batch.Unreadable)
            {
                ImageUnreadable?.Invoke(item);
            }

            if (batch.Labelled is { } labelled)
            {
                yield return labelled;
            }
        }
    }

    private IEnumerable<PixelBatch<Draw, TPixel>> Prepared<TPixel>(
        IEnumerable<Draw> draws, Action<Draw, RgbImage, Span<TPixel>> prepare, CancellationToken cancellationToken)
    {
        var size = Preset.FixedOutputSize!.Value;
        return ImageBatch.Load(
            draws,
            draw => RgbImage.Load(Dataset.Images[draw.Place].Path, Options.Decode),
            Preset.Channels,
            size,
            _ => size,
            prepare,
            Options,
            cancellationToken);
    }

    private IEnumerable<Loaded> OnCpu<TPixel>(IEnumerable<PixelBatch<Draw, TPixel>> batches, int firstBatch)
        where TPixel : unmanaged =>
        batches.Select((batch, i) => ToTensors(firstBatch + i, batch, tensor => tensor));

    /// <summary>On the thread that works ahead.</summary>
    private IEnumerable<Loaded> OnDevice<TPixel>(IEnumerable<PixelBatch<Draw, TPixel>> batches, int firstBatch, ImagePreset preset)
        where TPixel : unmanaged
    {
        var device = Device ?? CPU;
        using var scale = new ByteScale(preset, device);
        foreach (var (i, batch) in batches.Index())
        {
            yield return ToTensors(firstBatch + i, batch, Move);
        }

        Tensor Move(Tensor tensor)
        {
            var moved = device.type == DeviceType.CUDA ? tensor.pin_memory().to(device, non_blocking: true) : tensor.to(device);
            return moved.dtype == ScalarType.Byte ? scale.Apply(moved) : moved;
        }
    }

    private Loaded ToTensors<TPixel>(int number, PixelBatch<Draw, TPixel> batch, Func<Tensor, Tensor> move)
        where TPixel : unmanaged
    {
        using (batch)
        {
            ImageBatchItem<LabelledImage>[] unreadable =
                [.. batch.Unreadable.Select(item => new ImageBatchItem<LabelledImage>(Dataset.Images[item.Source.Place], null, item.Error))];
            if (batch.Count == 0)
            {
                return new Loaded(null, unreadable);
            }

            using var scope = NewDisposeScope();
            int[] places = [.. batch.Sources.Select(draw => draw.Place)];
            LabelledImage[] items = [.. places.Select(place => Dataset.Images[place])];
            var images = move(ImageTensors.Of(batch.Pixels, batch.Count, batch.Channels, batch.Size.Height, batch.Size.Width));
            var targets = move(TargetsOf(items));
            return new Loaded(
                new LabelledBatch(number, places, images.DetachFromDisposeScope(), targets.DetachFromDisposeScope(), items, unreadable), unreadable);
        }
    }

    /// <summary>What images show, as <see cref="LabelledBatch.Targets"/>.</summary>
    internal Tensor TargetsOf(IReadOnlyList<LabelledImage> items) => Dataset.Task == ClassificationTask.Multiclass
        ? tensor(items.Select(item => (long)item.Class).ToArray())
        : tensor(Dataset.Indicators(items), [items.Count, Dataset.ClassNames.Count]);

    /// <summary>An image's place in the data set, and how often the epoch has had it before.</summary>
    private readonly record struct Draw(int Place, int Repetition);

    /// <summary>How an image becomes numbers.</summary>
    /// <param name="Preset">What scales and normalises them.</param>
    /// <param name="ToFloats">All of it.</param>
    /// <param name="ToBytes">All but the scaling and the normalisation; null where something comes after them.</param>
    private sealed record Preparation(
        ImagePreset Preset, Action<Draw, RgbImage, Span<float>> ToFloats, Action<Draw, RgbImage, Span<byte>>? ToBytes);

    /// <summary>A batch, or none where no image of it could be read.</summary>
    private sealed record Loaded(LabelledBatch? Labelled, IReadOnlyList<ImageBatchItem<LabelledImage>> Unreadable) : IDisposable
    {
        public void Dispose() => Labelled?.Dispose();
    }
}
