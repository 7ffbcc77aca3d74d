using System.Text.RegularExpressions;
using DenseNetSharp.Architectures;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// The names of Keras's DenseNets (<c>keras.applications.densenet</c>), as ports of its weights keep them: layers such as
/// <c>conv2_block1_0_bn</c>, and <c>kernel</c>, <c>gamma</c>, <c>beta</c>, <c>moving_mean</c> and
/// <c>moving_variance</c> or PyTorch's words for these.
/// </summary>
internal static partial class KerasNames
{
    /// <summary>The epsilon of every batch norm there; PyTorch's is 1e-5.</summary>
    public const double BatchNormEpsilon = DenseNetSpec.KerasEpsilon;

    public static KeyRule Rule { get; } = new(
        "keras-names",
        $"Keras's layer names are torchvision's, its kernels are transposed, its batch norms' epsilon is 1.001e-5",
        Rename);

    /// <summary>
    /// Whether a key of a file is a kernel in Keras's layout: [height, width, in, out], or [in, out] for the classifier.
    /// </summary>
    public static bool IsKernel(string key) => Kernel().IsMatch(key);

    /// <summary>Whether a key can be Keras's alone; the others of its names, <c>bn.weight</c> for one, other networks have too.</summary>
    public static bool IsKerass(string key) => Kerass().IsMatch(key);

    private static string? Rename(string key)
    {
        if (Key().Match(key) is { Success: true, Groups: var parts } && Layer(parts) is { } layer)
        {
            return $"{layer}.{Word(parts)}";
        }

        // A layer of one's own, such as the classifier that took the place of Keras's, keeps its name.
        return Other().Match(key) is { Success: true, Groups: var own } ? $"{own["layer"].Value.Replace('/', '.')}.{Word(own)}" : null;
    }

    private static string Word(GroupCollection parts) => parts["value"].Value switch
    {
        "kernel" or "gamma" => "weight",
        "beta" => "bias",
        "moving_mean" => "running_mean",
        "moving_variance" => "running_var",
        var same => same,
    };

    /// <summary>torchvision's name of a layer. Keras counts the stem as conv1, so its conv2 is the first block.</summary>
    private static string? Layer(GroupCollection parts)
    {
        if (parts["stem"].Success)
        {
            return parts["stem"].Value == "conv" ? "features.conv0" : "features.norm0";
        }

        if (parts["block"].Success)
        {
            var inLayer = parts["part"].Value switch
            {
                "0_bn" => "norm1",
                "1_conv" => "conv1",
                "1_bn" => "norm2",
                "2_conv" => "conv2",
                _ => null,
            };
            return inLayer is null
                ? null
                : $"features.denseblock{Before(parts["block"])}.denselayer{parts["layer"].Value}.{inLayer}";
        }

        if (parts["pool"].Success)
        {
            return $"features.transition{Before(parts["pool"])}.{(parts["what"].Value == "conv" ? "conv" : "norm")}";
        }

        return parts["last"].Value == "bn" ? "features.norm5" : "classifier";
    }

    private static int Before(Group number) => number.Value[0] - '1';

    [GeneratedRegex(
        @"^(?:conv1[/_.](?<stem>conv|bn)|conv(?<block>[2-9])_block(?<layer>\d+)_(?<part>\d_(?:conv|bn))"
        + @"|pool(?<pool>[2-9])_(?<what>conv|bn)|(?<last>bn|predictions|fc1000))"
        + @"[/.](?<value>kernel|gamma|beta|moving_mean|moving_variance|weight|bias|running_mean|running_var"
        + @"|num_batches_tracked)(?::0)?$")]
    private static partial Regex Key();

    [GeneratedRegex(@"^(?<layer>[^:]+)/(?<value>kernel|gamma|beta|moving_mean|moving_variance|bias)(?::0)?$")]
    private static partial Regex Other();

    [GeneratedRegex(@"(?:^|[/.])conv[2-9]_block\d+_\d_(?:bn|conv)[/.]|[/.](?:gamma|moving_mean|moving_variance|kernel)(?::0)?$")]
    private static partial Regex Kerass();

    [GeneratedRegex(@"[/.]kernel(?::0)?$")]
    private static partial Regex Kernel();
}
