using DenseNetSharp.Architectures;

namespace DenseNetSharp.Onnx;

/// <summary>The nodes from the images to the last maps, module by module in the order of PyTorch's <c>named_modules()</c>.</summary>
/// <param name="spec">The network.</param>
/// <param name="graph">Gets the nodes.</param>
/// <param name="weights">Gives the initialisers.</param>
/// <param name="foldNorms">Whether a norm that directly follows a convolution becomes part of it.</param>
internal sealed class FeatureGraph(DenseNetSpec spec, OnnxGraph graph, OnnxWeights weights, bool foldNorms)
{
    private int _resolutions;
    private bool _isSamePadded;

    /// <summary>Adds the nodes.</summary>
    /// <param name="images">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <returns>The last maps, after the last ReLU where there is one.</returns>
    public OnnxValue Add(OnnxValue images)
    {
        var maps = images;
        DenseNetModule? layer = null;
        var before = maps;
        DenseNetModule[] modules = [.. spec.Modules.Where(module => module.Name.StartsWith("features.", StringComparison.Ordinal))];
        for (var i = 0; i < modules.Length; i++)
        {
            if (layer is not null && !modules[i].Name.StartsWith($"{layer.Name}.", StringComparison.Ordinal))
            {
                maps = Concatenated(layer, before, maps);
                layer = null;
            }

            if (modules[i].Kind == DenseNetModuleKind.DenseLayer)
            {
                (layer, before) = (modules[i], maps);
            }
            else if (foldNorms && i + 1 < modules.Length && modules[i].IsFollowedByNorm(modules[i + 1]))
            {
                maps = Convolution(modules[i], maps, modules[++i].Name);
            }
            else
            {
                maps = Apply(modules[i], maps);
            }
        }

        if (layer is not null)
        {
            maps = Concatenated(layer, before, maps);
        }

        // torchvision's features end before the ReLU that its forward applies.
        return spec is { HasLastNorm: true, HasLastReLU: true, ActivatesLastMaps: false } ? graph.Add("Relu", "features.relu5", [maps], maps.Shape) : maps;
    }

    private OnnxValue Apply(DenseNetModule module, OnnxValue maps)
    {
        switch (module.Kind)
        {
            case DenseNetModuleKind.Conv2d:
                return Convolution(module, maps, norm: null);
            case DenseNetModuleKind.BatchNorm2d:
                return Norm(graph, weights, module.Name, maps, spec.BatchNormEpsilon);
            case DenseNetModuleKind.ReLU:
                return graph.Add("Relu", module.Name, [maps], maps.Shape);
            case DenseNetModuleKind.MaxPool2d:
                return Window("MaxPool", module, [maps], maps.Shape[1]);
            case DenseNetModuleKind.AvgPool2d:
                return Window("AveragePool", module, [maps], maps.Shape[1]);
            case DenseNetModuleKind.BlurPool2d:
                return Blur(module, maps);
            case DenseNetModuleKind.SamePad2d:
                // ONNX's own name for TensorFlow's padding stands in the next window.
                _isSamePadded = true;
                return maps;
            default:
                return maps;
        }
    }

    /// <summary>Adds a batch norm as it is when it does not learn.</summary>
    public static OnnxValue Norm(OnnxGraph graph, OnnxWeights weights, string name, OnnxValue values, double epsilon) => graph.Add(
        "BatchNormalization",
        name,
        [
            values,
            weights.Add($"{name}.weight"),
            weights.Add($"{name}.bias"),
            weights.Add($"{name}.running_mean"),
            weights.Add($"{name}.running_var"),
        ],
        values.Shape,
        ("epsilon", (float)epsilon));

    private OnnxValue Concatenated(DenseNetModule layer, OnnxValue before, OnnxValue grown) => graph.Add(
        "Concat",
        layer.Name,
        [before, grown],
        [before.Shape[0], before.Shape[1].Size + grown.Shape[1].Size, before.Shape[2], before.Shape[3]],
        ("axis", 1));

    private OnnxValue Convolution(DenseNetModule module, OnnxValue maps, string? norm)
    {
        var (weight, bias) = ($"{module.Name}.weight", $"{module.Name}.bias");
        if (norm is null)
        {
            OnnxValue[] inputs = module.HasBias ? [maps, weights.Add(weight), weights.Add(bias)] : [maps, weights.Add(weight)];
            return Window("Conv", module, inputs, module.OutChannels);
        }

        var (scale, shift) = (weights.Read($"{norm}.weight"), weights.Read($"{norm}.bias"));
        var (mean, variance) = (weights.Read($"{norm}.running_mean"), weights.Read($"{norm}.running_var"));
        var added = module.HasBias ? weights.Read(bias) : new float[scale.Length];
        for (var i = 0; i < scale.Length; i++)
        {
            var factor = scale[i] / Math.Sqrt(variance[i] + spec.BatchNormEpsilon);
            (scale[i], shift[i]) = ((float)factor, (float)(shift[i] + ((added[i] - (double)mean[i]) * factor)));
        }

        return Window("Conv", module, [maps, weights.Add(weight, scale), weights.AddValues(bias, shift)], module.OutChannels);
    }

    /// <summary>Adds a convolution or pooling, with TensorFlow's padding where that comes before it.</summary>
    private OnnxValue Window(string operation, DenseNetModule module, OnnxValue[] inputs, OnnxDimension channels)
    {
        var (shape, kernel, stride, padding) = (inputs[0].Shape, module.KernelSize, module.Stride, module.Padding);
        var padded = (Name: "pads", Value: (object)new[] { padding, padding, padding, padding });
        var height = shape[2].Size;
        var width = shape[3].Size;
        if (_isSamePadded)
        {
            padded = ("auto_pad", "SAME_UPPER");
            height += SamePadding.Total((int)height, kernel, stride);
            width += SamePadding.Total((int)width, kernel, stride);
        }

        _isSamePadded = false;
        var (outHeight, outWidth) = stride == 1 && 2 * padding == kernel - 1
            ? (shape[2], shape[3])
            : Resized(shape, module.OutputSize((int)height), module.OutputSize((int)width));
        return graph.Add(
            operation,
            module.Name,
            inputs,
            [shape[0], channels, outHeight, outWidth],
            ("kernel_shape", new[] { kernel, kernel }),
            ("strides", new[] { stride, stride }),
            padded);
    }

    /// <summary>timm's blur: the outer product of (1, 2, 1) / 4 with itself over each map, borders reflected.</summary>
    private OnnxValue Blur(DenseNetModule module, OnnxValue maps)
    {
        float[] filter = [1 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 4 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 1 / 16f];
        var (shape, border) = (maps.Shape, module.Padding);
        var channels = shape[1].Size;
        var pads = graph.Constant($"{module.Name}.pads", new long[] { 0, 0, border, border, 0, 0, border, border }, [8]);
        var (height, width) = Resized(shape, (int)shape[2].Size + (2 * border), (int)shape[3].Size + (2 * border));
        var padded = graph.Add("Pad", $"{module.Name}.reflected", [maps, pads], [shape[0], shape[1], height, width], ("mode", "reflect"));
        float[] filters = [.. Enumerable.Range(0, (int)channels).SelectMany(_ => filter)];
        (height, width) = Resized(shape, module.OutputSize((int)shape[2].Size), module.OutputSize((int)shape[3].Size));
        return graph.Add(
            "Conv",
            module.Name,
            [padded, graph.Constant($"{module.Name}.filter", filters, [channels, 1, 3, 3])],
            [shape[0], shape[1], height, width],
            ("kernel_shape", new[] { module.KernelSize, module.KernelSize }),
            ("strides", new[] { module.Stride, module.Stride }),
            ("group", (int)channels));
    }

    /// <summary>Another resolution: these sizes, or new names where those before are names.</summary>
    private (OnnxDimension Height, OnnxDimension Width) Resized(IReadOnlyList<OnnxDimension> before, int height, int width)
    {
        var number = ++_resolutions;
        return (before[2].Symbol is null ? height : $"height_{number}", before[3].Symbol is null ? width : $"width_{number}");
    }
}
