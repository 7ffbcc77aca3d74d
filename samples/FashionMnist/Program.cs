using System.CommandLine;
using FashionMnist;

// Trains a small DenseNet on Fashion-MNIST (Debian's dataset-fashion-mnist, MIT) and writes what the demo ships:
//   dotnet run -c Release --project samples/FashionMnist -- --out samples/FashionMnist/shipped

var data = new Option<DirectoryInfo>("--data")
{
    Description = "the folder with Fashion-MNIST's four .gz files",
    DefaultValueFactory = _ => new DirectoryInfo("/usr/share/datasets/fashion-mnist"),
};
var outFolder = new Option<DirectoryInfo>("--out")
{
    Description = "where to write fashion-mnist.pth, run.json and images/",
    DefaultValueFactory = _ => new DirectoryInfo("fashion-mnist"),
};
var epochs = new Option<int>("--epochs") { Description = "passes over the 60,000 images", DefaultValueFactory = _ => 8 };
var batchSize = new Option<int>("--batch-size") { Description = "images a step", DefaultValueFactory = _ => 128 };
var learningRate = new Option<double>("--lr") { Description = "the highest learning rate", DefaultValueFactory = _ => 0.1 };
var threads = new Option<int>("--threads")
{
    Description = "threads that libtorch may use",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var seed = new Option<int>("--seed") { Description = "of weights, order and augmentation", DefaultValueFactory = _ => 1 };
var limit = new Option<int>("--limit")
{
    Description = "train on the first so many images only, to try things out",
    DefaultValueFactory = _ => int.MaxValue,
};

var command = new RootCommand("Trains a small DenseNet on Fashion-MNIST.")
{
    data, outFolder, epochs, batchSize, learningRate, threads, seed, limit,
};
command.SetAction(arguments => Training.Run(new TrainingOptions
{
    Data = arguments.GetValue(data)!.FullName,
    Output = arguments.GetValue(outFolder)!.FullName,
    Epochs = arguments.GetValue(epochs),
    BatchSize = arguments.GetValue(batchSize),
    LearningRate = arguments.GetValue(learningRate),
    Threads = arguments.GetValue(threads),
    Seed = arguments.GetValue(seed),
    Limit = arguments.GetValue(limit),
}));
return command.Parse(args).Invoke();
