using System.Globalization;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Onnx;
using Microsoft.ML;
using OnnxMlNet;

// Exports the shipped Fashion-MNIST checkpoint as ONNX, without Python and libtorch, and classifies an image with ML.NET.
//
//     dotnet run --project samples/OnnxMlNet -c Release [IMAGE]

var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
var image = args.Length > 0 ? args[0] : Directory.GetFiles(Path.Combine(shipped, "images", "Sandal")).Order(StringComparer.Ordinal).First();
var file = Path.Combine(AppContext.BaseDirectory, "fashion-mnist.onnx");
using (var checkpoint = Checkpoint.Open(Path.Combine(shipped, "fashion-mnist.pth")))
{
    // ML.NET's vectors have one size.
    checkpoint.ExportOnnx(file, new() { Activation = OnnxActivation.Softmax, Size = 64 });
}

var run = RunDescription.Load(Path.Combine(shipped, RunDescription.FileName));
var context = new MLContext();
var pipeline = context.Transforms.ApplyOnnxModel(nameof(Scores.probabilities), nameof(Pixels.images), file);
using var model = pipeline.Fit(context.Data.LoadFromEnumerable<Pixels>([]));
using var engine = context.Model.CreatePredictionEngine<Pixels, Scores>(model);
var scores = engine.Predict(new Pixels { images = run.Preset.Apply(RgbImage.Load(image)) });

Console.WriteLine(image);
foreach (var (index, probability) in scores.probabilities.Index().OrderByDescending(item => item.Item).Take(3))
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {run.ClassNames![index]}\t{probability:F4}"));
}
