using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Networks;

/// <summary>What is timed of a network on libtorch: the same lines for ours and torchvision's.</summary>
internal static class NetworkWork
{
    /// <summary>Logits in evaluation, without gradients; the caller disposes them.</summary>
    public static Func<Tensor> Forward(nn.IModule<Tensor, Tensor> network, Tensor images) => () =>
    {
        using var noGradients = no_grad();
        return network.call(images);
    };

    /// <summary>One step of SGD with torchvision's reference settings; answers with the loss.</summary>
    public static Func<float> TrainingStep(
        nn.IModule<Tensor, Tensor> network, IEnumerable<Parameter> parameters, Tensor images, Tensor labels)
    {
        var optimizer = optim.SGD(parameters, 0.01, momentum: 0.9, weight_decay: 1e-4);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(network.call(images), labels);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        };
    }
}
