using DenseNetSharp.Checkpoints;
using DenseNetSharp.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>What the optimizers make of given gradients, beside torch.optim in Python.</summary>
public sealed class OptimizerParityTests(OptimizerParityTests.Reference reference) : IClassFixture<OptimizerParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("optimizers.py");

    [SkippableTheory]
    [InlineData("sgd", false)]
    [InlineData("sgd", true)]
    [InlineData("nesterov", false)]
    [InlineData("nesterov", true)]
    [InlineData("adam", false)]
    [InlineData("adam", true)]
    [InlineData("adamw", false)]
    [InlineData("adamw", true)]
    public void Twenty_steps_on_given_gradients_end_where_Pythons_end(string name, bool isForeach)
    {
        using var initial = Checkpoint.Open(reference["initial.pth"]);
        using var gradients = Checkpoint.Open(reference["gradients.pth"]);
        using var expected = Checkpoint.Open(reference[$"{name}.pth"]);
        using var scope = NewDisposeScope();
        Parameter[] parameters = [.. initial.Tensors.Values.Select(tensor => nn.Parameter(tensor.ToTensor()))];
        using optim.Optimizer optimizer = (name, isForeach) switch
        {
            ("sgd", true) => ForeachOptimizers.Sgd(parameters, 0.05, momentum: 0.9, weightDecay: 1e-4),
            ("nesterov", true) => ForeachOptimizers.Sgd(parameters, 0.05, momentum: 0.9, weightDecay: 1e-4, nesterov: true),
            ("adam", true) => ForeachOptimizers.Adam(parameters, 2e-3, weightDecay: 1e-4),
            ("adamw", true) => ForeachOptimizers.AdamW(parameters, 2e-3, weightDecay: 0.01),
            ("sgd", _) => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 1e-4),
            ("nesterov", _) => optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 1e-4, nesterov: true),
            ("adam", _) => optim.Adam(parameters, 2e-3, weight_decay: 1e-4),
            _ => optim.AdamW(parameters, 2e-3, weight_decay: 0.01),
        };

        for (var step = 0; step < 20; step++)
        {
            foreach (var (i, parameter) in parameters.Index())
            {
                parameter.grad = gradients.Tensors[$"g{step}-{i}"].ToTensor();
            }

            optimizer.step();
        }

        foreach (var (i, parameter) in parameters.Index())
        {
            if (name is "adam" or "adamw")
            {
                // PyTorch 1.13 and libtorch 2.10 round a step's division and square root differently: a unit in the last place.
                parameter.ShouldBeNear(expected.Tensors[$"p{i}"], 2e-7, $"parameter {i}");
            }
            else
            {
                parameter.ShouldBe(expected.Tensors[$"p{i}"], $"parameter {i}");
            }
        }
    }
}
