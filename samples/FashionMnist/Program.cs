using System.CommandLine;
using FashionMnist;

// Trains a small DenseNet on the whole of Fashion-MNIST (Debian's dataset-fashion-mnist, MIT) and measures it on the test
// images:
//   dotnet run -c Release --project samples/FashionMnist
// With --ship samples/FashionMnist/shipped it also writes what the demo ships.

var data = new Option<DirectoryInfo>("--data")
{
    Description = "the folder with Fashion-MNIST's four .gz files",
    DefaultValueFactory = _ => new DirectoryInfo("/usr/share/datasets/fashion-mnist"),
};
var images = new Option<DirectoryInfo>("--images")
{
    Description = "where the images lie as PNG files, one sub-folder a class; written if it is not there",
    DefaultValueFactory = _ => new DirectoryInfo("fashion-mnist/images"),
};
var outFolder = new Option<DirectoryInfo>("--out")
{
    Description = "where the run's checkpoints, figures and curves go",
    DefaultValueFactory = _ => new DirectoryInfo("fashion-mnist/run"),
};
var ship = new Option<DirectoryInfo?>("--ship") { Description = "where to write what the demo ships as well" };
var resume = new Option<bool>("--resume") { Description = "go on with the run in --out that was stopped" };
var epochs = new Option<int>("--epochs") { Description = "passes over the training images", DefaultValueFactory = _ => 8 };
var batchSize = new Option<int>("--batch-size") { Description = "images a step", DefaultValueFactory = _ => 64 };
var learningRate = new Option<double>("--lr") { Description = "the highest learning rate", DefaultValueFactory = _ => 0.1 };
var threads = new Option<int>("--threads")
{
    Description = "threads that libtorch may use",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var seed = new Option<int>("--seed") { Description = "of weights, order and augmentation", DefaultValueFactory = _ => 1 };

var command = new RootCommand("Trains a small DenseNet on Fashion-MNIST.")
{
    data, images, outFolder, ship, resume, epochs, batchSize, learningRate, threads, seed,
};
command.SetAction(arguments =>
{
    var training = new Training
    {
        Data = arguments.GetValue(data)!.FullName,
        Images = arguments.GetValue(images)!.FullName,
        Output = arguments.GetValue(outFolder)!.FullName,
        Resume = arguments.GetValue(resume),
        Epochs = arguments.GetValue(epochs),
        BatchSize = arguments.GetValue(batchSize),
        LearningRate = arguments.GetValue(learningRate),
        Threads = arguments.GetValue(threads),
        Seed = arguments.GetValue(seed),
    };
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, key) =>
    {
        // The batch under way is finished and the run saved.
        key.Cancel = true;
        stop.Cancel();
    };
    try
    {
        var checkpoint = training.Run(stop.Token);
        if (arguments.GetValue(ship) is { } shipped)
        {
            Shipped.Write(checkpoint, training.Data, shipped.FullName);
        }

        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; --resume goes on.");
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or ArgumentException)
    {
        Console.Error.WriteLine(exception.Message);
    }

    return 1;
});
return command.Parse(args).Invoke();
