using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Metrics;
using TorchSharp;

namespace DenseNetSharp.Training;

/// <summary>
/// Fine-tunes a network on a data set, or trains it from scratch, and leaves checkpoints, figures and curves in a folder. A
/// run that was stopped or killed goes on where it was, with the same weights to the bit.
/// </summary>
/// <remarks>
/// The folder gets <c>best.pth</c> and <c>last.pth</c>, which PyTorch loads, <c>labels.txt</c>, <c>metrics.csv</c>,
/// <c>curves.svg</c>, <c>split.csv</c>, <c>run.json</c> and <c>state.safetensors</c>, from which a run goes on. For a loop of your own there is
/// <see cref="Trainer"/>.
/// </remarks>
public sealed class FineTuner
{
    /// <summary>The network, on its device; its classifier or head has the data set's classes
    /// (<see cref="DenseNet.ReplaceClassifier"/>). A run leaves the last step's weights in it, in float32.</summary>
    public required DenseNet Model { get; init; }

    /// <summary>The images to learn from.</summary>
    public required ImageDataset Training { get; init; }

    /// <summary>The images held out to validate each epoch with, by which the best is chosen; null for none, and the training
    /// loss chooses.</summary>
    public ImageDataset? Validation { get; init; }

    /// <summary>What the paths in <c>split.csv</c> are relative to, so that images may move as a whole; null for whole paths.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>How images are prepared: the pretrained weights' preset.</summary>
    public required ImagePreset Preset { get; init; }

    /// <summary>Where the run's files go; made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Where frozen features go that are kept on disk (<see cref="FeatureCaching.Disk"/>); runs that share the folder
    /// share the features. The run's folder if null.</summary>
    public string? FeatureFolder { get; init; }

    /// <summary>How to train.</summary>
    public FineTuningOptions Options { get; init; } = new();

    /// <summary>An augmentation of your own, instead of <see cref="FineTuningOptions.Augmentation"/>; null for none.</summary>
    public TrainingTransform? Augmentation { get; init; }

    /// <summary>Workers and decoding; the batch size is <see cref="FineTuningOptions.BatchSize"/>. Null for the defaults.
    /// </summary>
    public ImageBatchOptions? Loading { get; init; }

    /// <summary>Whether to go on with the run whose state is in the folder; where there is none, one begins. Without it a
    /// folder that holds a run is refused. A run may go on, finished or not, with other <see cref="FineTuningOptions.Epochs"/> (not fewer
    /// than it has begun), <see cref="FineTuningOptions.Patience"/> and <see cref="FineTuningOptions.SaveEveryBatches"/>: its learning
    /// rates are then those that a run of so many epochs has from there on.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether, after the last epoch, a temperature is fit on the images held out (<see cref="TemperatureScaling"/>), as
    /// <c>best.pth</c> scores them, and stored in <c>run.json</c>. Where no temperature is the best, <see cref="Remark"/> is told why.</summary>
    public bool Calibrate { get; init; }

    /// <summary>What else <c>run.json</c> is to say of the run, such as the weights that it begins with; null for nothing. A
    /// continued run may have other notes, and keeps the first.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>Where the epochs' figures go as event files for TensorBoard, by TorchSharp's <c>SummaryWriter</c>; null for nowhere.
    /// </summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>Told, in a sentence each, what is out of the ordinary: before the first batch classes that no image has, or all, and a
    /// learning rate that goes on another way because the run has more epochs now; after the first epoch that it concerns, that the
    /// metric which chooses the best is not defined.</summary>
    public Action<string>? Remark { get; init; }

    /// <summary>Told after every batch how far the run is.</summary>
    public IProgress<FineTuningProgress>? Progress { get; init; }

    /// <summary>Told after each epoch what it came to; its files are written.</summary>
    public Action<FineTuningEpoch>? EpochDone { get; init; }

    /// <summary>Told of each image that cannot be used, once. The run goes on without it.</summary>
    public Action<ImageBatchItem<LabelledImage>>? ImageUnreadable { get; init; }

    /// <summary>Whether a batch begins before the loss of the one before it is known: always where the network is on a GPU, which would wait
    /// in between.</summary>
    internal bool IsAhead
    {
        get => field || Model.FirstWeight.device_type == DeviceType.CUDA;
        init;
    }

    /// <summary>Trains until the last epoch, or until there is no more improvement.</summary>
    /// <param name="cancellationToken">Ends the run after the batch under way; its state is saved first.</param>
    /// <returns>What the run came to.</returns>
    /// <exception cref="ArgumentException">Network, images and options do not fit each other; the message says how.</exception>
    /// <exception cref="InvalidOperationException">The folder holds a run that is not to be continued, or results that would be
    /// overwritten.</exception>
    /// <exception cref="InvalidDataException">The run in the folder is another one, its state is damaged, or no image can be
    /// read.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; <see cref="Resume"/> goes on with it.</exception>
    /// <exception cref="DivergedException">The loss is not a number any more; the epochs before are in the folder.</exception>
    /// <exception cref="InsufficientMemoryException">The device has not enough memory for a batch; the epochs before are in
    /// the folder.</exception>
    /// <exception cref="NotSupportedException">The device cannot train in bfloat16.</exception>
    /// <exception cref="IOException">A file cannot be written; what was saved before is complete. Or another run has the folder.
    /// </exception>
    public FineTuningResult Run(CancellationToken cancellationToken = default)
    {
        Check();
        cancellationToken.ThrowIfCancellationRequested();
        using var run = new FineTuningRun(this);
        return run.Execute(cancellationToken);
    }

    private void Check()
    {
        ArgumentNullException.ThrowIfNull(Model);
        ArgumentNullException.ThrowIfNull(Training);
        ArgumentNullException.ThrowIfNull(Preset);
        ArgumentNullException.ThrowIfNull(Options);
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        ObjectDisposedException.ThrowIf(!Model.parameters().Any(), Model);
        if (Training is { Task: ClassificationTask.Multiclass, Images.Count: > 0 } && Training.Images.All(image => image.Class == Training.Images[0].Class))
        {
            throw new ArgumentException(
                $"All images have the class '{Training.ClassNames[Training.Images[0].Class]}'; there must be two classes or more to tell apart.");
        }

        if (Options.Stages.Count == 0 && Model.named_parameters().FirstOrDefault(entry => !entry.parameter.requires_grad) is { parameter: not null } frozen)
        {
            throw new ArgumentException(
                $"The network's {frozen.name} is frozen, but the options train everything: name the parts to train in "
                + $"{nameof(FineTuningOptions.Stages)}, or unfreeze it.");
        }

        if (Training.ClassNames.Count != Model.Spec.NumClasses)
        {
            throw new ArgumentException(
                $"The network has {Model.Spec.NumClasses} classes, but the data set has {Training.ClassNames.Count}: call "
                + $"{nameof(DenseNet.ReplaceClassifier)}({Training.ClassNames.Count}).");
        }

        ImageClassifier.RequireSameChannels(Model, Preset);
        if (Preset.FixedOutputSize is { } size && Math.Min(size.Height, size.Width) < Model.Spec.MinimumInputSize)
        {
            throw new ArgumentException(
                $"The preset makes images of {size}, but the network needs at least {Model.Spec.MinimumInputSize}x{Model.Spec.MinimumInputSize}.");
        }

        if (Training.Images.Count == 0)
        {
            throw new ArgumentException("There are no images to learn from.");
        }

        if (Calibrate && Validation is null)
        {
            throw new ArgumentException("A temperature is fit on images held out, and there are none; hold some out, or do not calibrate.");
        }

        EpochRanking.Of(Options, Training.Task).Check(this);
        if (Validation is not null)
        {
            CheckValidation(Validation);
        }

        LossOf(Options).Check(Training.Task == ClassificationTask.Multiclass, Training.ClassNames.Count);
    }

    private void CheckValidation(ImageDataset validation)
    {
        if (validation.Images.Count == 0)
        {
            throw new ArgumentException("There are no images to validate with; leave the validation out, or hold out more.");
        }

        if (validation.Task != Training.Task)
        {
            throw new ArgumentException(
                $"The images held out are {validation.Task.ToString().ToLowerInvariant()}, those to learn from "
                + $"{Training.Task.ToString().ToLowerInvariant()}.");
        }

        if (!validation.ClassNames.SequenceEqual(Training.ClassNames))
        {
            throw new ArgumentException(
                $"The images held out have other classes ({string.Join(", ", validation.ClassNames.Take(10))}) than those to learn from "
                + $"({string.Join(", ", Training.ClassNames.Take(10))}).");
        }
    }

    internal static TrainingLoss LossOf(FineTuningOptions options) => new()
    {
        LabelSmoothing = options.LabelSmoothing,
        ClassWeights = options.ClassWeights,
        PositiveWeights = options.PositiveWeights,
    };
}
