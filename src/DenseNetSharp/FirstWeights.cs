using DenseNetSharp.Architectures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Draws the weights of what has learned nothing yet.</summary>
internal static class FirstWeights
{
    /// <summary>Draws all weights in and below a module.</summary>
    public static void Draw(nn.Module root, InitialWeights weights)
    {
        // Official init from torch repo. Not by constant_, whose scalar TorchSharp's finalizer may free while libtorch reads it.
        foreach (var (_, module) in root.NamedModules())
        {
            switch (module)
            {
                case Conv2d conv:
                    Draw(conv.weight, weights);
                    SetZero(conv.bias);
                    break;
                case BatchNorm2d norm:
                    nn.init.ones_(norm.weight);
                    nn.init.zeros_(norm.bias!);
                    break;
                case Linear linear:
                    if (weights == InitialWeights.GlorotUniform)
                    {
                        nn.init.xavier_uniform_(linear.weight);
                    }

                    SetZero(linear.bias);
                    break;
            }
        }
    }

    private static void Draw(Tensor weight, InitialWeights weights) => _ = weights switch
    {
        InitialWeights.KaimingNormal => nn.init.kaiming_normal_(weight),
        InitialWeights.KaimingNormalFanOut => nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut),
        InitialWeights.GlorotUniform => nn.init.xavier_uniform_(weight),
        _ => throw new ArgumentException($"There are no initial weights {weights}.", nameof(weights)),
    };

    private static void SetZero(Tensor? bias)
    {
        if (bias is not null)
        {
            nn.init.zeros_(bias);
        }
    }
}
