using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Data;
using DenseNetSharp.Cli.Evaluating;
using DenseNetSharp.Cli.FineTuning;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using TorchSharp;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet finetune</c>: trains a network on a folder of images.</summary>
internal sealed class FineTuneCommand
{
    private readonly Command _command = new("finetune", "Train a network on a folder of images, from pretrained weights or from scratch.");
    private readonly DataOptions _data;
    private readonly StartOptions _start;
    private readonly TrainingOptions _training;

    private readonly Option<string> _output = new("--out")
    {
        Description = "the folder that gets best.pth, last.pth, labels.txt, metrics.csv, curves.svg, split.csv, report.html, run.json and state.safetensors",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "go on with the run in DIR, with its options; begin one if there is none",
    };

    private readonly Option<bool> _tensorBoard = new("--tensorboard") { Description = "the epochs' figures for TensorBoard too, in DIR/tensorboard" };
    private readonly Option<bool> _calibrate = new(TemperatureChoice.Option)
    {
        Description = "after the last epoch, fit the temperature of best.pth's probabilities on the images held out, and store it in run.json",
    };

    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private FineTuneCommand()
    {
        _data = new DataOptions(_command);
        _command.Options.Add(_output);
        _command.Options.Add(_resume);
        _start = new StartOptions(_command);
        _training = new TrainingOptions(_command);
        _command.Options.Add(_tensorBoard);
        _command.Options.Add(_calibrate);
        _command.Options.Add(_threads);
        _command.Options.Add(_json);
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new FineTuneCommand()._command;

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = arguments.GetValue(_output)!;
        try
        {
            return Train(arguments, folder, cancellationToken);
        }
        catch (OperationCanceledException) when (SavedRun.IsIn(folder))
        {
            throw new StoppedException($"stopped; the same command with --resume goes on with {folder}.");
        }
    }

    private int Train(ParseResult arguments, string folder, CancellationToken cancellationToken)
    {
        RequireFolder(folder);
        var earlier = EarlierRun.Find(folder, arguments.GetValue(_resume));
        var choice = _data.Of(arguments, earlier);
        RequireOutside(choice, folder);
        var start = _start.Of(arguments, earlier, TrainingRecipe.Get(_training.RecipeOf(arguments, earlier)));
        var options = _training.Of(arguments, earlier, choice.Task ?? ClassificationTask.Multiclass);
        var data = TrainingData.Load(choice, options.Seed);
        // A table may have told that classes do not exclude each other.
        options = _training.Of(arguments, earlier, data.Training.Task);
        ChoiceOptions.RequireHeldOut(options, data.HeldOut);
        if (arguments.GetValue(_calibrate) && data.HeldOut is null)
        {
            throw new UsageException($"{TemperatureChoice.Option} fits a temperature on images held out, and --val 0 holds none out; hold some out.");
        }

        earlier?.RequireSameClasses(data.Training.ClassNames, choice.Folder);
        if (_training.IsBalanced(arguments))
        {
            options = ClassBalance.Apply(options, data.Training);
        }

        // Only now libtorch is loaded: wrong usage is told at once.
        TorchLibraries.Load();
        torch.set_num_threads(arguments.GetValue(_threads));
        using var network = StartingNetwork.Create(start, earlier, data.Training, options.Seed, cancellationToken);
        RequireModules(options, network.Model);
        RequireLargeImages(network);
        var reading = new ImageReading(choice.ApplyExifOrientation || network.ApplyExifOrientation, choice.KeepGrayBits || network.KeepGrayBits);
        var shown = ChoiceOptions.Shown(options, data.Training.Task);
        var remarks = (start.Remark is null ? network.Remarks : [start.Remark, .. network.Remarks]).Select(remark => $"densenet: {remark}");
        var loading = new ImageBatchOptions { Workers = arguments.GetValue(_threads), Decode = reading.Decode };
        var report = new RunReport(folder);
        var display = new FineTuneDisplay(options.Epochs, shown, [.. remarks, .. Introduction(data, earlier, options)]);
        var result = display.Show(() => new FineTuner
        {
            Model = network.Model,
            Training = data.Training,
            Validation = data.HeldOut,
            Preset = network.Preset,
            Folder = folder,
            ImageRoot = choice.Folder,
            Options = options,
            Loading = loading,
            Resume = arguments.GetValue(_resume),
            Notes = NotesOf(network, start, choice, data, _training.RecipeOf(arguments, earlier)),
            TensorBoardFolder = TensorBoardOf(arguments, folder),
            Calibrate = arguments.GetValue(_calibrate),
            Remark = display.Report,
            Progress = display,
            EpochDone = epoch =>
            {
                // Each image has been read once by now.
                reading.ReportLosses();
                display.Report(epoch);
                report.Note(epoch);
            },
            ImageUnreadable = FineTuneDisplay.Report,
        }.Run(cancellationToken));
        report.Write(result, network, start.Device, data, loading, cancellationToken);
        reading.ReportLosses();
        FineTuneReport.WriteTemperature(result);
        if (arguments.GetValue(_json))
        {
            FineTuneReport.WriteJson(result, report.Path);
        }
        else
        {
            FineTuneReport.WriteTable(result, shown, report.Path);
        }

        FineTuneReport.WriteUnreadable(result);
        return ExitStatus.Done;
    }

    /// <summary>A run that goes on has what it had.</summary>
    private string? TensorBoardOf(ParseResult arguments, string folder)
    {
        var board = Path.Combine(folder, "tensorboard");
        return arguments.GetValue(_tensorBoard) || (arguments.GetValue(_resume) && Directory.Exists(board)) ? board : null;
    }

    private static void RequireFolder(string folder)
    {
        if (folder.Length == 0)
        {
            throw new UsageException("--out is empty; name a folder.");
        }

        if (File.Exists(folder))
        {
            throw new UsageException($"--out {folder} is a file; name a folder.");
        }
    }

    /// <summary>What lies in the images' folder would be taken for a class.</summary>
    private static void RequireOutside(DataChoice choice, string folder)
    {
        var inside = Path.GetRelativePath(choice.Folder, folder);
        if (choice.Table is null && inside != ".." && !inside.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !Path.IsPathRooted(inside))
        {
            throw new UsageException($"--out {folder} lies in {choice.Folder}, where it would be taken for a class; name another folder.");
        }
    }

    private static void RequireModules(FineTuningOptions options, DenseNet model)
    {
        var known = model.NamedModules().Select(entry => entry.Name).ToHashSet();
        if (options.Stages.SelectMany(stage => stage.Modules).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new UsageException(
                $"--unfreeze names {unknown}, but the network has no such module; it has "
                + $"{string.Join(", ", known.Where(name => name.Length > 0 && name.Count(c => c == '.') < 2))} and those below.");
        }
    }

    private static void RequireLargeImages(StartingNetwork network)
    {
        var least = network.Model.Spec.MinimumInputSize;
        if (network.Preset.FixedOutputSize is { } size && Math.Min(size.Height, size.Width) < least)
        {
            throw new UsageException($"The preset {network.Preset.Name} makes images of {size}, but the network takes {least}x{least} at least (--size).");
        }
    }

    private static IEnumerable<string> Introduction(TrainingData data, EarlierRun? earlier, FineTuningOptions options)
    {
        if (earlier is not null)
        {
            var done = earlier.Description.Training!.EpochsDone;
            yield return done == options.Epochs
                ? $"densenet: the run in {earlier.Folder} has had its {done} {(done == 1 ? "epoch" : "epochs")}; --epochs lengthens it"
                : earlier.StoppedEarly && options.Patience == earlier.Options.Patience
                ? $"densenet: the run in {earlier.Folder} ended after epoch {done} of {options.Epochs} for want of improvement; more --patience goes on"
                : $"densenet: going on with {earlier.Folder} after epoch {done} of {options.Epochs}";
            if (done < options.Epochs && earlier.Chosen is var (what, option))
            {
                yield return $"densenet: {what} with the next epoch; densenet evaluate {option} chooses anew";
            }
        }

        var classes = data.Training.ClassNames.Count;
        yield return $"densenet: {data.Training.Images.Count} images of {classes} {(classes == 1 ? "class" : "classes")} to learn from, "
            + $"{data.HeldOut?.Images.Count ?? 0} to validate with";
    }

    private static Dictionary<string, string> NotesOf(
        StartingNetwork network, StartChoice start, DataChoice choice, TrainingData data, string recipe)
    {
        var notes = new Dictionary<string, string>
        {
            [RunNotes.Weights] = network.Weights,
            [RunNotes.Recipe] = recipe,
            [RunNotes.Device] = start.Device,
        };
        Add(RunNotes.HeldOut, data.HeldOutText);
        Add(TableChoice.Table, choice.Table?.File);
        Add(RunNotes.Folds, choice.Folds?.Count.ToString(CultureInfo.InvariantCulture));
        Add(RunNotes.GroupPattern, choice.Grouping?.Pattern?.ToString());
        Add(RunNotes.Fold, choice.Folds?.Fold.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in choice.Table?.Given ?? new Dictionary<string, string>())
        {
            notes.Add(name, value);
        }

        Add(RunNotes.MemoryEfficient, start.MemoryEfficient ? "yes" : null);
        Add(RunNotes.ChannelsLast, LayoutOption.TextOf(start.ChannelsLast));
        return notes;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                notes.Add(name, value);
            }
        }
    }
}
