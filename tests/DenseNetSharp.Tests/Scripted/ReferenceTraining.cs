using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>
/// A PyTorch training loop, statement by statement, on TorchSharp's own operators and optimizers: what this library's trainers
/// are compared with. Nothing of the library is in it.
/// </summary>
internal sealed class ReferenceTraining(ScriptedNetwork network, optim.Optimizer optimizer)
{
    public Func<Tensor, Tensor, Tensor> Loss { get; init; } = (logits, labels) => nn.functional.cross_entropy(logits, labels);

    public int AccumulationSteps { get; init; } = 1;

    public double? MaxGradientNorm { get; init; }

    /// <summary>What is done with a batch before it is used, given its number: other rates, mixed images.</summary>
    public Func<int, Tensor, Tensor, (Tensor Images, Tensor Targets)> Prepare { get; init; } = (_, images, labels) => (images, labels);

    /// <summary>What is done after the backward pass.</summary>
    public Action GradientsDone { get; init; } = () => { };

    /// <summary>What is done after each step.</summary>
    public Action StepDone { get; init; } = () => { };

    /// <summary>Batches so far.</summary>
    public int Batches { get; private set; }

    /// <summary>Trains over an epoch's batches.</summary>
    /// <returns>The loss of each.</returns>
    public List<float> Epoch(IEnumerable<(Tensor Images, Tensor Labels)> batches)
    {
        network.Train();
        var losses = new List<float>();
        var waiting = 0;
        foreach (var (rawImages, labels) in batches)
        {
            using var scope = NewDisposeScope();
            var (images, targets) = Prepare(Batches++, rawImages, labels);
            var loss = Loss(network.Call(images), targets);
            losses.Add(loss.item<float>());
            if (waiting == 0)
            {
                optimizer.zero_grad();
            }

            (AccumulationSteps == 1 ? loss : loss / AccumulationSteps).backward();
            GradientsDone();
            if (++waiting == AccumulationSteps)
            {
                Step();
                waiting = 0;
            }
        }

        if (waiting > 0)
        {
            using var scope = NewDisposeScope();
            Step();
        }

        return losses;
    }

    private void Step()
    {
        if (MaxGradientNorm is { } largest)
        {
            // torch.nn.utils.clip_grad_norm_
            var gradients = network.Parameters.Where(entry => entry.Parameter.grad is not null).Select(entry => entry.Parameter.grad!).ToArray();
            var norm = stack(gradients.Select(gradient => gradient.norm())).norm();
            var factor = (tensor(largest).to(ScalarType.Float32) / (norm + 1e-6)).clamp(max: 1.0);
            foreach (var gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }

        optimizer.step();
        StepDone();
    }
}
