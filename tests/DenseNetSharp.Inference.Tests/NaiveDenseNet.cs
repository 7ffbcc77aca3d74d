using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Inference.Tests;

/// <summary>
/// DenseNet as its paper's sentences say it, one multiplication at a time in double precision, over feature maps
/// [channel, y, x]. Slow, and short enough to be checked by eye.
/// </summary>
internal sealed class NaiveDenseNet(DenseNetSpec spec, Checkpoint checkpoint)
{
    public double[] Predict(double[,,] image)
    {
        var x = Convolve(image, "features.conv0.weight", stride: 2, padding: 3);
        x = MaxPool(Relu(Norm(x, "features.norm0")));
        for (var block = 1; block <= spec.BlockConfig.Count; block++)
        {
            for (var layer = 1; layer <= spec.BlockConfig[block - 1]; layer++)
            {
                var name = $"features.denseblock{block}.denselayer{layer}";
                var bottleneck = Convolve(Relu(Norm(x, $"{name}.norm1")), $"{name}.conv1.weight", stride: 1, padding: 0);
                var added = Convolve(Relu(Norm(bottleneck, $"{name}.norm2")), $"{name}.conv2.weight", stride: 1, padding: 1);
                x = Concatenate(x, added);
            }

            if (block < spec.BlockConfig.Count)
            {
                var name = $"features.transition{block}";
                x = AveragePool(Convolve(Relu(Norm(x, $"{name}.norm")), $"{name}.conv.weight", stride: 1, padding: 0));
            }
        }

        return Classify(Mean(Relu(Norm(x, "features.norm5"))));
    }

    private double[,,] Norm(double[,,] x, string name)
    {
        var (weight, bias) = (Read($"{name}.weight"), Read($"{name}.bias"));
        var (mean, variance) = (Read($"{name}.running_mean"), Read($"{name}.running_var"));
        return Map(x, (c, value) => ((value - mean[c]) / Math.Sqrt(variance[c] + spec.BatchNormEpsilon) * weight[c]) + bias[c]);
    }

    private static double[,,] Relu(double[,,] x) => Map(x, (_, value) => Math.Max(value, 0));

    private double[,,] Convolve(double[,,] x, string key, int stride, int padding)
    {
        var shape = checkpoint.Tensors[key].Shape;
        var (outputs, inputs, side) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        var weight = Read(key);
        return Slide(x, outputs, side, stride, padding, (output, y0, x0) =>
        {
            var sum = 0.0;
            for (var c = 0; c < inputs; c++)
            {
                for (var i = 0; i < side; i++)
                {
                    for (var j = 0; j < side; j++)
                    {
                        sum += weight[(((((output * inputs) + c) * side) + i) * side) + j] * At(x, c, y0 + i, x0 + j, outside: 0);
                    }
                }
            }

            return sum;
        });
    }

    private static double[,,] MaxPool(double[,,] x) => Slide(x, x.GetLength(0), side: 3, stride: 2, padding: 1, (c, y0, x0) =>
    {
        var most = double.NegativeInfinity;
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                most = Math.Max(most, At(x, c, y0 + i, x0 + j, outside: double.NegativeInfinity));
            }
        }

        return most;
    });

    private static double[,,] AveragePool(double[,,] x) => Slide(x, x.GetLength(0), side: 2, stride: 2, padding: 0, (c, y, x0) =>
        (x[c, y, x0] + x[c, y, x0 + 1] + x[c, y + 1, x0] + x[c, y + 1, x0 + 1]) / 4);

    private static double[,,] Concatenate(double[,,] a, double[,,] b)
    {
        var joined = new double[a.GetLength(0) + b.GetLength(0), a.GetLength(1), a.GetLength(2)];
        Array.Copy(a, joined, a.Length);
        Array.Copy(b, 0, joined, a.Length, b.Length);
        return joined;
    }

    private static double[] Mean(double[,,] x)
    {
        var mean = new double[x.GetLength(0)];
        Map(x, (c, value) => mean[c] += value / (x.GetLength(1) * x.GetLength(2)));
        return mean;
    }

    private double[] Classify(double[] features)
    {
        var (weight, bias) = (Read("classifier.weight"), Read("classifier.bias"));
        return [.. bias.Select((b, i) => b + features.Select((f, j) => f * weight[(i * features.Length) + j]).Sum())];
    }

    /// <summary>Calls a function with each output's channel and its window's upper left corner.</summary>
    private static double[,,] Slide(double[,,] x, int channels, int side, int stride, int padding, Func<int, int, int, double> output)
    {
        var height = ((x.GetLength(1) + (2 * padding) - side) / stride) + 1;
        var width = ((x.GetLength(2) + (2 * padding) - side) / stride) + 1;
        return Map(new double[channels, height, width], (c, i, j, _) => output(c, (i * stride) - padding, (j * stride) - padding));
    }

    private static double At(double[,,] x, int c, int i, int j, double outside) =>
        i >= 0 && j >= 0 && i < x.GetLength(1) && j < x.GetLength(2) ? x[c, i, j] : outside;

    private static double[,,] Map(double[,,] x, Func<int, double, double> f) => Map(x, (c, _, _, value) => f(c, value));

    private static double[,,] Map(double[,,] x, Func<int, int, int, double, double> f)
    {
        var result = new double[x.GetLength(0), x.GetLength(1), x.GetLength(2)];
        for (var c = 0; c < x.GetLength(0); c++)
        {
            for (var i = 0; i < x.GetLength(1); i++)
            {
                for (var j = 0; j < x.GetLength(2); j++)
                {
                    result[c, i, j] = f(c, i, j, x[c, i, j]);
                }
            }
        }

        return result;
    }

    private float[] Read(string key) => checkpoint.Tensors[key].ToSingleArray();
}
