using ChestXray;
using DenseNetSharp;
using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Metrics;
using DenseNetSharp.Training;
using static TorchSharp.torch;

// Learns to find five things in chest radiographs, any number of them in one image: a table of labels, binary cross entropy,
// positives weighted, the area under each label's ROC curve. The radiographs are drawn by RadiographGenerator.cs; with NIH's
// ChestX-ray14 (Data_Entry_2017.csv reduced to its first two columns) the rest stays as it is.
//   dotnet run -c Release --project samples/ChestXray [FOLDER] [IMAGES] [EPOCHS]
// In chest-xray, of 2000 images, for 10 epochs if not told otherwise; 200 images for 1 epoch take some seconds.

var folder = args.ElementAtOrDefault(0) ?? "chest-xray";
if (!int.TryParse(args.ElementAtOrDefault(1) ?? "2000", out var images) || images < 100
    || !int.TryParse(args.ElementAtOrDefault(2) ?? "10", out var epochs) || epochs < 1 || args.Length > 3)
{
    Console.Error.WriteLine("usage: ChestXray [FOLDER] [IMAGES, 100 or more] [EPOCHS, 1 or more]");
    return 2;
}

TorchThreads.Configure(Environment.ProcessorCount);
manual_seed(1);

// 1. Images and labels: a CSV file of paths and findings, "Effusion|Nodule" or "No Finding".
var table = GeneratedSet.Write(folder, images);
var (rest, test) = LabelTable.Load(table).Split(0.2, seed: 1);
var (training, validation) = rest.Split(0.1, seed: 2);

// 2. A small network with one input channel, from scratch. Pretrained chest X-ray weights come with
// DenseNetFactory.FromCheckpoint("weights.pth", numClasses: labels.Count) and ImagePreset.ChestXray.
var labels = training.ClassNames;
var preset = ImagePreset.ChestXray with { Name = "chest-xray-96", ResizeSize = 96, CropSize = 96 };
using var model = new DenseNet(new DenseNetSpec
{
    GrowthRate = 16,
    BlockConfig = [3, 4, 4],
    InitFeatures = 16,
    InputChannels = preset.Channels,
    NumClasses = labels.Count,
});

// 3. Training. A label that few images have counts for more where it is there.
var counts = training.CountPerClass();
var result = new FineTuner
{
    Model = model,
    Training = training,
    Validation = validation,
    Preset = preset,
    // Turned a little, but never mirrored: the heart is on the left.
    Augmentation = new TrainingTransform([new RandomRotation(5) { Interpolation = Resampling.Bilinear }], preset),
    Folder = Path.Combine(folder, "run"),
    Resume = true, // Started again it goes on where it was stopped.
    EpochDone = epoch => Console.WriteLine(
        $"epoch {epoch.Record.Epoch,2}: loss {epoch.Record.TrainingLoss:F3}, mean AUROC {epoch.Validation.Multilabel.MeanAuroc():F3}"),
    Options = new FineTuningOptions
    {
        Epochs = epochs,
        Seed = 1,
        PositiveWeights = [.. counts.Select(count => (float)(training.Images.Count - count) / count)],
        Optimizer = new OptimizerSettings { Kind = OptimizerKind.AdamW, LearningRate = 0.003, WeightDecay = 0.01 },
        Schedule = new OneCycleSchedule(),
    },
}.Run();

// 4. The best epoch on images that neither trained nor chose it.
model.LoadCheckpoint(result.BestCheckpoint);
var scores = Evaluation.Run(model, test, preset).Multilabel;
Console.WriteLine($"\n{"test images",-14} {test.Images.Count,6}   AUROC");
foreach (var (label, area) in scores.Auroc().Index())
{
    Console.WriteLine($"{labels[label],-14} {test.CountPerClass()[label],6}   {area:F3}");
}

Console.WriteLine($"{"mean",-14} {"",6}   {scores.MeanAuroc():F3}");

// 5. In production: best.pth and the run.json beside it, which has preset, labels and task.
using var classifier = ImageClassifier.Load(result.BestCheckpoint, CPU);
var example = test.Images.First(image => image.Classes.Count > 1);
Console.WriteLine($"\n{example.Path} shows {string.Join(" and ", example.Classes.Select(label => labels[label]))}; the network says:");
foreach (var finding in classifier.Classify(example.Path).Top(labels.Count))
{
    Console.WriteLine($"{finding.Label,-14} {finding.Probability,6:P0}");
}

return 0;
