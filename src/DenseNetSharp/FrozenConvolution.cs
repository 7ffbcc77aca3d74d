using DenseNetSharp.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>A convolution with the batch norm and the ReLU that follow it in it.</summary>
internal sealed class FrozenConvolution : IDisposable
{
    /// <summary>cuDNN's convolution, bias and ReLU as one kernel, which TorchSharp reaches through TorchScript alone. The text ends with a
    /// line's end, which the parser asks for.</summary>
    private const string Text = """
        def convolve(x: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
            return torch.cudnn_convolution_relu(x, weight, bias, [stride, stride], [padding, padding], [1, 1], 1)

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Text));

    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly long _stride;
    private readonly long _padding;
    private readonly bool _activates;

    /// <summary>Copies what it needs.</summary>
    /// <param name="module">The convolution.</param>
    /// <param name="norm">The norm that follows; null for none.</param>
    /// <param name="activates">Whether a ReLU comes next.</param>
    /// <param name="state">The network's tensors.</param>
    /// <param name="epsilon">What the norms add to a variance.</param>
    public FrozenConvolution(DenseNetModule module, DenseNetModule? norm, bool activates, Dictionary<string, Tensor> state, double epsilon)
    {
        using var scope = NewDisposeScope();
        var weight = state[$"{module.Name}.weight"];
        var bias = module.HasBias ? state[$"{module.Name}.bias"] : null;
        (_stride, _padding, _activates) = (module.Stride, module.Padding, activates);
        if (norm is null)
        {
            (_weight, _bias) = (weight.detach().clone().DetachFromDisposeScope(), bias?.detach().clone().DetachFromDisposeScope());
            return;
        }

        // In doubles: what is rounded twice would be off by more than the kernels differ.
        Tensor OfNorm(string name) => state[$"{norm.Name}.{name}"].detach().to(ScalarType.Float64);
        using Scalar added = epsilon;
        var factor = OfNorm("weight") / OfNorm("running_var").add(added).sqrt();
        var mean = bias is null ? OfNorm("running_mean") : OfNorm("running_mean") - bias.detach().to(ScalarType.Float64);
        _bias = (OfNorm("bias") - (mean * factor)).to(weight.dtype).DetachFromDisposeScope();
        // In the layout of the weight.
        _weight = weight.detach().clone().DetachFromDisposeScope();
        using var noGradients = no_grad();
        _weight.copy_(weight.detach().to(ScalarType.Float64) * factor.view(-1, 1, 1, 1));
    }

    /// <summary>Computes the new maps.</summary>
    public Tensor Call(Tensor x)
    {
        if (!_activates)
        {
            return nn.functional.conv2d(x, _weight, _bias, [_stride, _stride], [_padding, _padding]);
        }

        if (_bias is not null && x.device_type == DeviceType.CUDA && x.dtype != ScalarType.Float64)
        {
            return (Tensor)Compiled.Value.invoke("convolve", x, _weight, _bias, _stride, _padding)!;
        }

        var maps = nn.functional.conv2d(x, _weight, _bias, [_stride, _stride], [_padding, _padding]);
        maps.relu_();
        return maps;
    }

    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
