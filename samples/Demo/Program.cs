using System.Globalization;
using Demo;
using DenseNetSharp;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;
using DenseNetSharp.Training;
using Spectre.Console;
using static TorchSharp.torch;

// The main job in one go, on the shipped Fashion-MNIST images and checkpoint: classify, replace the classifier,
// fine-tune, save, classify with what was saved. Run it with ./build.sh demo, or dotnet run --project samples/Demo -c Release.

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Console.IsOutputRedirected)
{
    // No colour codes and no redrawn bar in a log.
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
}

TorchThreads.Configure(Environment.ProcessorCount);
manual_seed(1);
var checkpoint = Path.Combine(AppContext.BaseDirectory, "shipped", "fashion-mnist.pth");

// 1. Load a run's checkpoint and classify: run.json beside it has preset, class names and task.
using (var classifier = ImageClassifier.Load(checkpoint, CPU))
{
    Report.Classify(classifier, ImageFolder.Load(Path.Combine(AppContext.BaseDirectory, "shipped", "images"), classifier.Labels));
}

// 2. Replace the classifier and fine-tune it on a handful of classes, one sub-folder each.
var (rest, test) = ImageFolder.Load(Path.Combine(AppContext.BaseDirectory, "handful")).Split(0.5, seed: 1);
var (training, validation) = rest.Split(0.2, seed: 2);
var preset = RunDescription.FindBeside(checkpoint)!.Preset;
using var model = DenseNetFactory.FromCheckpoint(checkpoint);
model.ReplaceClassifier(training.ClassNames.Count);
Console.WriteLine();
Console.WriteLine(
    $"A new classifier for {training.ClassNames.Count} classes ({string.Join(", ", training.ClassNames)}), "
    + $"{training.Images.Count} images to train on, {validation.Images.Count} to choose the epoch by, {test.Images.Count} held out.");
Console.WriteLine($"accuracy before fine-tuning: {Evaluation.Run(model, test, preset).Multiclass.Accuracy:F3}");

const string folder = "demo-output";
if (File.Exists(Path.Combine(folder, RunDescription.FileName)))
{
    Directory.Delete(folder, recursive: true); // The demo's last run, which would not be overwritten.
}

var tuner = new FineTuner
{
    Model = model,
    Training = training,
    Validation = validation,
    Preset = preset,
    Folder = folder,
    EpochDone = epoch => Console.WriteLine(
        $"  epoch {epoch.Record.Epoch,2}: loss {epoch.Record.TrainingLoss:F3}, validation accuracy {epoch.Validation.Multiclass.Accuracy:F3}"),
    Options = new FineTuningOptions
    {
        Epochs = 10,
        BatchSize = 16,
        Seed = 1,
        Optimizer = new OptimizerSettings { LearningRate = 0.05 },
        Stages = [new() { Modules = ["classifier"] }], // The features stay frozen, so they are computed once.
    },
};
var result = tuner.Run();

// 3. What the run's folder holds is what production loads, and PyTorch reads best.pth back.
model.LoadCheckpoint(result.BestCheckpoint);
Console.WriteLine($"accuracy after fine-tuning: {Evaluation.Run(model, test, preset).Multiclass.Accuracy:F3}");
Console.WriteLine();
using (var classifier = ImageClassifier.Load(result.BestCheckpoint, CPU))
{
    Report.Classify(classifier, test);
}

Console.WriteLine($"The run is in {Path.GetFullPath(folder)}: {string.Join(", ", Directory.GetFiles(folder).Select(Path.GetFileName).Order())}.");
