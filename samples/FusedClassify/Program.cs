using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Inference;

// Classifies images with the fused engine: no native tensor library, small enough for a function or a container.
// Without arguments, the shipped Fashion-MNIST checkpoint and an image of each class:
//
//     dotnet run --project samples/FusedClassify -c Release
//
// As its users get it:
//
//     dotnet publish samples/FusedClassify -c Release -r linux-x64 --self-contained -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true
// Or ahead of time, 5 MB that start in an instant, for processors with AVX2 (x86-64-v3) or AVX-512 (x86-64-v4):
//
//     dotnet publish samples/FusedClassify -c Release -r linux-x64 -p:PublishAot=true -p:IlcInstructionSet=x86-64-v3
//
//     FusedClassify fashion-mnist.pth shoe.png shirt.png

// Beside a build, but not beside what is published.
var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
if (args.Length == 0 && Directory.Exists(shipped))
{
    var classes = Directory.GetDirectories(Path.Combine(shipped, "images")).Order(StringComparer.Ordinal);
    args = [Path.Combine(shipped, "fashion-mnist.pth"), .. classes.Select(folder => Directory.GetFiles(folder).Order(StringComparer.Ordinal).First())];
}

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: FusedClassify CHECKPOINT IMAGE...");
    return 2;
}

// The network, and what training left beside it (run.json) or inside: preset, class names, task, thresholds, EXIF orientation.
using var classifier = ImageClassifier.Load(args[0]);
foreach (var image in args[1..])
{
    foreach (var prediction in classifier.Classify(image).Top(3))
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{image}\t{prediction.Label ?? $"class {prediction.Index}"}\t{prediction.Probability:F4}"));
    }
}

return 0;
