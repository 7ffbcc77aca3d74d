using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Benchmarks;
using DenseNetSharp.Benchmarks.Inference;
using DenseNetSharp.Benchmarks.Networks;
using DenseNetSharp.Benchmarks.Services;

// ./build.sh bench: our networks on libtorch, the fused engine, and our preprocessing, against torchvision's, on the same
// libtorch and in Python, and ONNX Runtime, in turns in one run.

if (Side.Serve(args))
{
    // Before anything else: how soon such a process answers is measured too.
    return 0;
}

var threads = new Option<int>("--threads")
{
    Description = "threads of each side",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var runs = new Option<int>("--runs") { Description = "timed runs of each side", DefaultValueFactory = _ => 15 };
var model = new Option<string>("--model") { Description = "the network", DefaultValueFactory = _ => "densenet121" };
var loaded = new Option<string>("--loaded") { Description = "the network whose checkpoint is loaded", DefaultValueFactory = _ => "densenet161" };
var size = new Option<int>("--size") { Description = "height and width of the images", DefaultValueFactory = _ => 224 };
var only = new Option<string?>("--only")
{
    Description = "inference, family, forward, training, optimizers, bfloat16, memory, loading, images, finetune-loading, finetune-caching, service or load; "
        + "all if not given",
};
var networks = new Option<string[]>("--networks")
{
    Description = "the networks that the fused engine is timed with, --model first; all if not given",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [.. DenseNetArchitectures.Torchvision.Select(spec => spec.Name!)],
};
var connections = new Option<int[]>("--connections")
{
    Description = "connections of a load",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1, 8, 32, 128],
};
var requests = new Option<int?>("--requests") { Description = "requests of a load; 10,000 on a small network and 1,000 on densenet121 if not given" };
var hostile = new Option<double>("--hostile") { Description = "the share of a load's uploads that are no usable images, from 0 to 1" };
var serve = new Option<bool>("--serve") { Hidden = true };
var command = new RootCommand("Times DenseNetSharp against torchvision, in turns in one run.")
{
    threads, runs, model, loaded, size, only, networks, connections, requests, hostile, serve,
};
command.SetAction(arguments =>
{
    var threadCount = arguments.GetValue(threads);
    if (arguments.GetValue(serve))
    {
        OwnPeer.Serve(threadCount);
        return;
    }

    var (name, side, runCount, part) = (
        arguments.GetValue(model)!, arguments.GetValue(size), arguments.GetValue(runs), arguments.GetValue(only));
    if (part is null or "inference")
    {
        InferenceComparison.Run([name, .. arguments.GetValue(networks)!.Where(other => other != name)], threadCount, runCount);
    }

    if (part is null or "family")
    {
        FamilyComparison.Run(threadCount, runCount);
    }

    if (part is null or "forward")
    {
        NetworkComparison.Time(
            [
                new(name, 1, side, "forward"), new(name, 8, side, "forward"),
                new(name, 1, side, "forward-channels-last"), new(name, 8, side, "forward-channels-last"),
            ],
            threadCount,
            runCount);
    }

    if (part is null or "training")
    {
        NetworkComparison.Time(
            [new(name, 8, side, "training"), new(name, 8, side, "efficient-training")], threadCount, Math.Max(runCount / 2, 1));
    }

    if (part is null or "optimizers")
    {
        OptimizerComparison.Time(name, threadCount, runCount);
    }

    if (part is null or "bfloat16")
    {
        LossCurves.Run(threadCount);
    }

    if (part is null or "loading")
    {
        Comparison.Loading(arguments.GetValue(loaded)!, threadCount, runCount);
    }

    if (part is null or "memory")
    {
        Comparison.Memory(name, batch: 8, side, threadCount);
    }

    if (part is null or "images")
    {
        Comparison.Images(threadCount, runCount);
    }

    if (part is null or "finetune-loading")
    {
        Comparison.TrainingLoading(threadCount, runCount);
    }

    if (part is null or "finetune-caching")
    {
        Comparison.FeatureCaching(name, side, threadCount, Math.Max(runCount / 3, 1));
    }

    if (part is null or "service")
    {
        ServiceComparison.Run(name, side, threadCount, Math.Max(runCount / 3, 1));
    }

    if (part is null or "load")
    {
        LoadComparison.Run(
            threadCount, arguments.GetValue(connections)!, arguments.GetValue(requests), arguments.GetValue(hostile));
    }
});
return command.Parse(args).Invoke();
