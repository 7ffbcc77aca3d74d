using DenseNetSharp.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class TrainingParityTests(TrainingParityTests.Reference reference) : IClassFixture<TrainingParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("train.py");

    [SkippableTheory]
    [InlineData("sgd")]
    [InlineData("nesterov")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void Twenty_steps_give_PyTorchs_losses_and_weights(string optimizer)
    {
        Train(optimizer, memoryEfficient: false);
    }

    [SkippableFact]
    public void Twenty_memory_efficient_steps_give_the_plain_models_losses_and_weights()
    {
        // The reference is torchvision's plain model: its own option moves the running statistics twice a step.
        Train("sgd", memoryEfficient: true);
    }

    [SkippableFact]
    public void Dropout_in_every_layer_gives_torchvisions_logits()
    {
        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var images = batches.Tensors["images"].ToTensor();
        using var model = new DenseNet(Networks.Tiny with { DropRate = 0.3 });
        model.LoadCheckpoint(reference["initial.pth"]);
        using var torchvision = new ScriptedNetwork(reference["dropout.pt"]);
        model.train();
        torchvision.Train();
        set_num_threads(Expectations.Threads);
        using var x = images[0];
        manual_seed(99);
        using var expected = torchvision.Call(x);
        manual_seed(99);

        using var logits = model.call(x);

        logits.ShouldHaveBitsOf(expected, "the logits");
    }

    [SkippableFact]
    public void Dropout_draws_the_masks_that_Python_draws()
    {
        using var expected = Checkpoint.Open(reference["masks.pth"]);
        manual_seed(99);
        foreach (var (name, rate) in new[] { ("small", 0.3), ("large", 0.2) })
        {
            using var x = ones(expected.Tensors[name].Shape.ToArray());
            using var dropped = nn.functional.dropout(x, rate, training: true);
            dropped.ShouldBe(expected.Tensors[name], name);
        }
    }

    private void Train(string optimizerName, bool memoryEfficient)
    {
        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var images = batches.Tensors["images"].ToTensor();
        using var labels = batches.Tensors["labels"].ToTensor();
        set_num_threads(Expectations.Threads);
        using var torchvision = new ScriptedNetwork(reference["network.pt"]);
        using var theirs = Optimizer(optimizerName, torchvision.Parameters.Select(entry => entry.Parameter));
        using var model = Networks.Create("tiny", memoryEfficient);
        model.LoadCheckpoint(reference["initial.pth"]);
        model.train();
        using var optimizer = Optimizer(optimizerName, model.parameters());

        var losses = new List<float>();
        for (var step = 0; step < images.shape[0]; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.call(images[step]), labels[step]);
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }

        losses.ShouldHaveBitsOf(new ReferenceTraining(torchvision, theirs)
            .Epoch(Enumerable.Range(0, (int)images.shape[0]).Select(step => (images[step], labels[step]))));
        losses.Should().HaveCount(20);
        model.StateShouldBe(torchvision.State);
    }

    private static optim.Optimizer Optimizer(string name, IEnumerable<Parameter> parameters) => name switch
    {
        "sgd" => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 1e-4),
        "nesterov" => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 1e-4, nesterov: true),
        "adam" => optim.Adam(parameters, 2e-3, weight_decay: 1e-4),
        _ => optim.AdamW(parameters, 2e-3, weight_decay: 0.01),
    };
}
