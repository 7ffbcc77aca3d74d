using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Commands;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;
using Spectre.Console;
using TorchSharp;

namespace DenseNetSharp.Cli;

/// <summary>A network with the preset and labels that go with its weights.</summary>
internal sealed class LoadedModel : IDisposable
{
    private const string DefaultModel = "densenet121";

    private LoadedModel(DenseNet model, ImagePreset preset, IReadOnlyList<string>? labels, ClassificationTask task)
    {
        (Model, Preset, Labels, Task) = (model, preset, labels, task);
    }

    public DenseNet Model { get; }

    public ImagePreset Preset { get; }

    public IReadOnlyList<string>? Labels { get; }

    public ClassificationTask Task { get; }

    /// <summary>Loads what the options name: a file, named weights, or the architecture's pretrained ones.</summary>
    public static LoadedModel Load(
        string? modelName,
        string? weights,
        string? labelFile,
        ImagePreset? preset,
        torch.Device device,
        CancellationToken cancellation)
    {
        if (Directory.Exists(weights))
        {
            throw new UsageException($"--weights {weights} is a folder; name a checkpoint file.");
        }

        if (modelName is not null)
        {
            CommonOptions.RequireArchitecture(modelName);
        }

        if (Directory.Exists(labelFile))
        {
            throw new UsageException($"--labels {labelFile} is a folder; name a text file.");
        }

        var labels = labelFile is null ? null : LabelFile.Read(labelFile);
        var loaded = weights is not null && (File.Exists(weights) || !PretrainedWeightsCatalog.TryGet(weights, out _))
            ? FromFile(weights, modelName, labels, labelFile, preset, device)
            : Pretrained(weights, modelName, labels, labelFile, preset, device, cancellation);
        if (loaded.Preset.Channels != loaded.Model.Spec.InputChannels)
        {
            loaded.Dispose();
            throw new UsageException(
                $"The preset {loaded.Preset.Name} makes images of {loaded.Preset.Channels} channels, but the network takes "
                + $"{loaded.Model.Spec.InputChannels}; name another with --preset.");
        }

        return loaded;
    }

    public void Dispose() => Model.Dispose();

    private static LoadedModel FromFile(
        string path,
        string? modelName,
        IReadOnlyList<string>? labels,
        string? labelFile,
        ImagePreset? preset,
        torch.Device device)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"--weights {path}: there is no such file, and no pretrained weights of that name "
                + $"({string.Join(", ", PretrainedWeightsCatalog.All.Select(entry => entry.Name))}).");
        }

        var description = RunDescription.FindBeside(path);
        var model = DenseNetFactory.FromCheckpoint(path, device: device);
        try
        {
            RequireSame(modelName, model.Spec.Name, path);
            if (description is not null)
            {
                if (description.Architecture is not null && description.Architecture != model.Spec.Name)
                {
                    throw new InvalidDataException(
                        $"{RunDescription.FileName} says {description.Architecture}, but {path} beside it is {model.Spec.Name ?? "a DenseNet without a name"}.");
                }

                string[] used = [.. preset is null ? ["preset"] : Array.Empty<string>(), .. labels is null ? ["class names"] : Array.Empty<string>(), "task"];
                Console.Error.WriteLine($"densenet: {string.Join(", ", used)} from {RunDescription.FileName} beside {path}");
            }

            labels ??= description?.ClassNames;
            RequireOnePerClass(labels, labelFile ?? RunDescription.FileName, model.Spec.NumClasses, path);
            labels ??= model.Spec.NumClasses == ImageNetLabels.Names.Count ? ImageNetLabels.Names : null;
            return new LoadedModel(model, preset ?? description?.Preset ?? ImagePreset.TorchvisionImageNet, labels, description?.Task ?? default);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static LoadedModel Pretrained(
        string? weights,
        string? modelName,
        IReadOnlyList<string>? labels,
        string? labelFile,
        ImagePreset? preset,
        torch.Device device,
        CancellationToken cancellation)
    {
        var entry = PretrainedWeightsCatalog.Get(weights ?? modelName ?? DefaultModel);
        RequireSame(modelName, entry.ArchitectureName, weights);
        entry.RequireArchitecture();
        RequireOnePerClass(labels, labelFile, entry.NumClasses, entry.Name);
        Download(entry, cancellation);
        return new LoadedModel(
            DenseNetFactory.Create(entry, device: device, cancellation: cancellation), preset ?? entry.Preset, labels ?? entry.Categories, default);
    }

    /// <summary>Sees to it that the weights are in the cache, with a progress bar on a terminal.</summary>
    private static void Download(PretrainedWeights entry, CancellationToken cancellation)
    {
        try
        {
            if (entry.FindCachedFile() is not null || Console.IsErrorRedirected)
            {
                entry.GetFile(cancellationToken: cancellation);
                return;
            }

            Terminal.Error.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
                .Start(progress =>
                {
                    var task = progress.AddTask(Markup.Escape($"{entry.FileName} (connecting)")).IsIndeterminate();
                    var reports = new SynchronousProgress(report => Show(task, report));
                    entry.GetFile(new WeightsDownloadOptions { Progress = reports }, cancellation);
                });
        }
        catch (PretrainedWeightsException exception)
        {
            throw new InvalidOperationException($"{exception.Message} (--weights FILE)", exception);
        }
    }

    private static void Show(ProgressTask task, DownloadProgress report)
    {
        var state = report.Status is { } status ? $" ({status})" : "";
        task.Description = Markup.Escape($"{report.FileName}{state}");
        task.IsIndeterminate(report.TotalBytes is null);
        task.MaxValue = report.TotalBytes ?? double.MaxValue;
        task.Value = report.BytesReceived;
    }

    private static void RequireSame(string? wanted, string? found, string? source)
    {
        if (wanted is not null && !wanted.Equals(found, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--model is {wanted}, but {source} is {found ?? "a DenseNet without a name"}.");
        }
    }

    private static void RequireOnePerClass(IReadOnlyList<string>? labels, string? labelSource, int classes, string source)
    {
        if (labels is not null && labels.Count != classes)
        {
            throw new InvalidDataException($"{labelSource} has {labels.Count} labels, but {source} has {classes} classes.");
        }
    }

    /// <summary>Reports at once; <see cref="Progress{T}"/> would report later, from another thread.</summary>
    private sealed class SynchronousProgress(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
