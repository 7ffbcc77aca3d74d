using System.Diagnostics;
using DenseNetSharp;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>The whole job: read, train, measure, write.</summary>
internal static class Training
{
    private const int Shipped = 400;

    /// <summary>256,622 parameters, about 1 MB.</summary>
    private static readonly DenseNetSpec Network = new()
    {
        GrowthRate = 16,
        BlockConfig = [3, 4, 6, 3],
        InitFeatures = 32,
        NumClasses = FashionMnistData.Classes.Length,
    };

    /// <summary>
    /// Somewhat larger than the original 28x28: the stem halves the size twice before the first block. Mean and
    /// deviation are the training images' own.
    /// </summary>
    private static readonly ImagePreset Preset = new()
    {
        Name = "fashion-mnist",
        FixedSize = 40,
        Mean = [0.2860f, 0.2860f, 0.2860f],
        Std = [0.3530f, 0.3530f, 0.3530f],
    };

    public static void Run(TrainingOptions options)
    {
        set_num_threads(options.Threads);
        manual_seed(options.Seed);
        var random = new Random(options.Seed);
        var train = new PreparedImages(FashionMnistData.Read(options.Data, "train"), Preset, options.Limit);
        var testData = FashionMnistData.Read(options.Data, "t10k");
        var test = new PreparedImages(testData, Preset, options.Limit);

        using var model = new DenseNet(Network);
        Console.WriteLine($"{Network.ParameterCount:N0} parameters, {train.Count:N0} training and {test.Count:N0} test images");
        using var optimizer = optim.SGD(model.parameters(), options.LearningRate, momentum: 0.9, weight_decay: 5e-4, nesterov: true);
        var steps = (train.Count + options.BatchSize - 1) / options.BatchSize * options.Epochs;
        var schedule = optim.lr_scheduler.OneCycleLR(optimizer, options.LearningRate, total_steps: steps);
        var order = Enumerable.Range(0, train.Count).ToArray();

        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var watch = Stopwatch.StartNew();
            random.Shuffle(order);
            model.train();
            var lossSum = 0.0;
            for (var start = 0; start < order.Length; start += options.BatchSize)
            {
                using var scope = NewDisposeScope();
                var indices = order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start));
                var (images, labels) = train.Batch(indices, random);
                optimizer.zero_grad();
                var loss = nn.functional.cross_entropy(model.call(images), labels);
                loss.backward();
                optimizer.step();
                schedule.step();
                lossSum += loss.item<float>() * indices.Length;
            }

            Console.WriteLine(
                $"epoch {epoch}/{options.Epochs}: loss {lossSum / order.Length:F4}, test accuracy {Accuracy(model, test):F4}, "
                + $"{watch.Elapsed.TotalSeconds:F0} s");
        }

        Write(options.Output, model, testData);
    }

    private static double Accuracy(DenseNet model, PreparedImages images)
    {
        model.eval();
        using var noGradients = no_grad();
        var correct = 0L;
        foreach (var indices in Enumerable.Range(0, images.Count).Chunk(250))
        {
            using var scope = NewDisposeScope();
            var (x, labels) = images.Batch(indices);
            correct += model.call(x).argmax(1).eq(labels).sum().item<long>();
        }

        return (double)correct / images.Count;
    }

    private static void Write(string folder, DenseNet model, FashionMnistData test)
    {
        Directory.CreateDirectory(folder);
        var checkpoint = Path.Combine(folder, "fashion-mnist.pth");
        model.SaveCheckpoint(checkpoint);
        new RunDescription
        {
            Preset = Preset,
            ClassNames = FashionMnistData.Classes,
        }.Save(Path.Combine(folder, RunDescription.FileName));

        // The test images' first so many of each class, one folder a class.
        var written = new int[FashionMnistData.Classes.Length];
        for (var i = 0; i < test.Count && written.Sum() < Shipped; i++)
        {
            var label = test.Label(i);
            if (written[label] == Shipped / written.Length)
            {
                continue;
            }

            var classFolder = Path.Combine(folder, "images", FashionMnistData.Classes[label]);
            Directory.CreateDirectory(classFolder);
            test.Image(i).SavePng(Path.Combine(classFolder, $"{i:D5}.png"));
            written[label]++;
        }

        Console.WriteLine($"Wrote {checkpoint} and {written.Sum()} images beside it.");
    }
}
