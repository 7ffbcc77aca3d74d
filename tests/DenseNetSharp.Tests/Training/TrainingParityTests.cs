using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class TrainingParityTests(TrainingParityTests.Reference reference) : IClassFixture<TrainingParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("train.py", Expectations.Threads.ToString());

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
    public void Dropout_draws_PyTorchs_masks()
    {
        using var expected = Checkpoint.Open(reference["dropout.pth"]);
        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var images = batches.Tensors["images"].ToTensor();
        using var model = new DenseNet(Networks.Tiny with { DropRate = 0.3 });
        model.LoadCheckpoint(reference["initial.pth"]);
        model.train();
        set_num_threads(Expectations.Threads);
        manual_seed(99);
        using var x = images[0];

        using var logits = model.call(x);

        logits.ShouldBe(expected.Tensors["logits"], "logits");
    }

    private void Train(string optimizerName, bool memoryEfficient)
    {
        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var expectedLosses = Checkpoint.Open(reference[$"{optimizerName}-losses.pth"]);
        using var expected = Checkpoint.Open(reference[$"{optimizerName}-final.pth"]);
        using var images = batches.Tensors["images"].ToTensor();
        using var labels = batches.Tensors["labels"].ToTensor();
        set_num_threads(Expectations.Threads);
        using var model = Networks.Create("tiny", memoryEfficient);
        model.LoadCheckpoint(reference["initial.pth"]);
        model.train();
        using optim.Optimizer optimizer = optimizerName switch
        {
            "sgd" => optim.SGD(model.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-4),
            "nesterov" => optim.SGD(model.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-4, nesterov: true),
            "adam" => optim.Adam(model.parameters(), 2e-3, weight_decay: 1e-4),
            _ => optim.AdamW(model.parameters(), 2e-3, weight_decay: 0.01),
        };

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

        model.ShouldHaveTrainedAs(losses, expectedLosses, expected);
    }
}
