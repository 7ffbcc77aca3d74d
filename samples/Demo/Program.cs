using System.Globalization;
using Demo;
using DenseNetSharp;
using DenseNetSharp.Classification;
using DenseNetSharp.Weights;
using Spectre.Console;
using TorchSharp;

// The main job in one go, on the shipped Fashion-MNIST images and checkpoint: classify, replace the classifier,
// fine-tune, save. Run it with ./build.sh demo.

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Console.IsOutputRedirected)
{
    // No colour codes and no redrawn bar in a log.
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
}

torch.set_num_threads(Environment.ProcessorCount);
torch.manual_seed(1);

var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
var checkpoint = Path.Combine(shipped, "fashion-mnist.pth");
var description = RunDescription.FindBeside(checkpoint)
    ?? throw new FileNotFoundException($"There is no {RunDescription.FileName} beside {checkpoint}.");
var images = LabelledImages.Load(Path.Combine(shipped, "images"), description.ClassNames);

// 1. Load and classify.
using var model = DenseNetFactory.FromCheckpoint(checkpoint);
Console.WriteLine($"Loaded fashion-mnist.pth: {model.Spec.ParameterCount:N0} parameters, {model.Spec.NumClasses} classes.");
var classifier = new ImageClassifier(model, description.Preset, description.ClassNames);
Report.Classify(classifier, images);

// 2. Replace the classifier and fine-tune on a handful of the classes.
string[] handful = ["Dress", "Sneaker", "Bag", "Ankle boot"];
var (training, heldOut) = images.Only(handful).Split();
model.ReplaceClassifier(handful.Length);
var tuner = new ClassifierTuning(model, description.Preset);
Console.WriteLine();
Console.WriteLine(
    $"A new classifier for {handful.Length} classes ({string.Join(", ", handful)}), {training.Count} images to train on, {heldOut.Count} held out.");
Console.WriteLine($"accuracy before fine-tuning: {tuner.Accuracy(heldOut):F3}");
tuner.Train(training);
Console.WriteLine($"accuracy after fine-tuning: {tuner.Accuracy(heldOut):F3}");

// 3. Save what PyTorch can read back.
var output = Directory.CreateDirectory("demo-output").FullName;
var result = Path.Combine(output, "fine-tuned.pth");
model.SaveCheckpoint(result);
(description with { ClassNames = handful }).Save(Path.Combine(output, RunDescription.FileName));
Console.WriteLine($"Wrote {result} and {RunDescription.FileName} beside it.");
