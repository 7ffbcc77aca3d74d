using System.Globalization;
using System.Text;
using DenseNetSharp.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;

namespace DenseNetSharp;

/// <summary>A module tree as PyTorch's <c>print(model)</c> shows it (<c>Module.__repr__</c>).</summary>
internal static class ModuleText
{
    public static string Of(torch.nn.Module module)
    {
        var text = new StringBuilder();
        Append(text, module, indent: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, torch.nn.Module module, int indent)
    {
        text.Append(module.GetType().Name).Append('(');
        var hasChildren = false;
        foreach (var (name, child) in module.named_children())
        {
            hasChildren = true;
            text.Append('\n').Append(' ', indent + 2).Append('(').Append(name).Append("): ");
            Append(text, child, indent + 2);
        }

        if (hasChildren)
        {
            text.Append('\n').Append(' ', indent);
        }
        else
        {
            text.Append(Details(module));
        }

        text.Append(')');
    }

    /// <summary>What PyTorch's <c>extra_repr</c> prints for the kinds of modules a DenseNet is made of.</summary>
    private static string Details(torch.nn.Module module) => module switch
    {
        Conv2d m => string.Create(CultureInfo.InvariantCulture,
            $"{m.in_channels}, {m.out_channels}, kernel_size={Pair(m.kernel_size)}, stride={Pair(m.stride)}")
            + (m.padding is { } padding && padding.Any(p => p != 0) ? $", padding={Pair(padding)}" : "")
            + (m.dilation.Any(d => d != 1) ? $", dilation={Pair(m.dilation)}" : "")
            + (m.groups != 1 ? $", groups={m.groups}" : "")
            + (m.bias is null ? ", bias=False" : ""),
        NormBase m =>
            $"{m.num_features}, eps={PythonText.Of(m.eps)}, momentum={(m.momentum is { } momentum ? PythonText.Of(momentum) : "None")}, "
            + $"affine={m.affine}, track_running_stats={m.track_running_stats}",
        Linear m => $"in_features={m.in_features}, out_features={m.out_features}, bias={m.bias is not null}",
        ReLU m => m.inplace ? "inplace=True" : "",
        MaxPool2d m => $"kernel_size={PoolSize(m.kernel_size)}, stride={PoolSize(m.stride ?? m.kernel_size)}, "
            + $"padding={PoolSize(m.padding, 0)}, dilation={PoolSize(m.dilation, 1)}, ceil_mode={m.ceil_mode}",
        AvgPool2d m => $"kernel_size={PoolSize(m.kernel_size)}, stride={PoolSize(m.stride ?? m.kernel_size)}, "
            + $"padding={PoolSize(m.padding, 0)}",
        SamePad2d m => $"kernel_size={m.KernelSize}, stride={m.Stride}, value={PythonText.Of(m.Value)}",
        GELU => "approximate='none'",
        LeakyReLU m => $"negative_slope={PythonText.Of(m.negative_slope)}",
        ELU m => $"alpha={PythonText.Of(m.alpha)}",
        Dropout m => $"p={PythonText.Of(m.p)}, inplace={m.inplace}",
        _ => "",
    };

    // PyTorch expands a convolution's sizes to pairs and prints a pool's as they were given.
    private static string Pair(long[] sizes) => sizes.Length == 1 ? $"({sizes[0]}, {sizes[0]})" : $"({string.Join(", ", sizes)})";

    private static string PoolSize(long[]? sizes, long missing = 0) =>
        sizes is null or [] ? missing.ToString(CultureInfo.InvariantCulture)
        : sizes.All(s => s == sizes[0]) ? sizes[0].ToString(CultureInfo.InvariantCulture)
        : Pair(sizes);
}
