using System.Text;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Output;

/// <summary>
/// A network as PyTorch's <c>print(model)</c> shows it, from its description alone: no network is made, and libtorch is not needed.
/// </summary>
internal static class NetworkText
{
    public static string Of(DenseNetSpec spec)
    {
        var text = new StringBuilder();
        var modules = spec.Modules;
        for (var i = 0; i < modules.Count; i++)
        {
            var module = modules[i];
            var depth = DepthOf(module);
            if (depth > 0)
            {
                text.Append('\n').Append(' ', 2 * depth).Append('(').Append(module.Name[(module.Name.LastIndexOf('.') + 1)..]).Append("): ");
            }

            text.Append(TypeOf(module)).Append('(');
            var next = i + 1 < modules.Count ? DepthOf(modules[i + 1]) : 0;
            if (next > depth)
            {
                continue;
            }

            text.Append(DetailsOf(module, spec)).Append(')');
            for (var ended = depth - 1; ended >= next; ended--)
            {
                text.Append('\n').Append(' ', 2 * ended).Append(')');
            }
        }

        return text.ToString();
    }

    /// <summary>The module's class in PyTorch or torchvision.</summary>
    public static string TypeOf(DenseNetModule module) => module.Kind switch
    {
        DenseNetModuleKind.DenseBlock => "_DenseBlock",
        DenseNetModuleKind.DenseLayer => "_DenseLayer",
        DenseNetModuleKind.Transition => "_Transition",
        var kind => kind.ToString(),
    };

    private static int DepthOf(DenseNetModule module) => module.Name.Length == 0 ? 0 : module.Name.Count(c => c == '.') + 1;

    /// <summary>What PyTorch's <c>extra_repr</c> prints.</summary>
    private static string DetailsOf(DenseNetModule module, DenseNetSpec spec) => module.Kind switch
    {
        DenseNetModuleKind.Conv2d =>
            $"{module.InChannels}, {module.OutChannels}, kernel_size={Pair(module.KernelSize)}, stride={Pair(module.Stride)}"
            + (module.Padding == 0 ? "" : $", padding={Pair(module.Padding)}") + (module.HasBias ? "" : ", bias=False"),
        DenseNetModuleKind.BatchNorm2d =>
            $"{module.OutChannels}, eps={PythonText.Of(spec.BatchNormEpsilon)}, momentum={PythonText.Of(spec.BatchNormMomentum)}, "
            + "affine=True, track_running_stats=True",
        DenseNetModuleKind.ReLU => "inplace=True",
        DenseNetModuleKind.MaxPool2d =>
            $"kernel_size={module.KernelSize}, stride={module.Stride}, padding={module.Padding}, dilation=1, ceil_mode=False",
        DenseNetModuleKind.AvgPool2d => $"kernel_size={module.KernelSize}, stride={module.Stride}, padding={module.Padding}",
        DenseNetModuleKind.Linear => $"in_features={module.InChannels}, out_features={module.OutChannels}, bias={(module.HasBias ? "True" : "False")}",
        _ => "",
    };

    private static string Pair(int size) => $"({size}, {size})";
}
