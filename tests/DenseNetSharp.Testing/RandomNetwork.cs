using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Testing;

/// <summary>Networks and images of random numbers, the same every time.</summary>
public static class RandomNetwork
{
    /// <summary>Weights that keep values near one from layer to layer, and batch norms that are not trivial.</summary>
    public static Checkpoint Create(DenseNetSpec spec, int seed = 1)
    {
        var random = new Random(seed);
        return new Checkpoint(spec.StateDict.Where(entry => !entry.MayBeAbsent).Select(entry =>
        {
            var fanIn = entry.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
            Func<double> next = entry.Name[(entry.Name.LastIndexOf('.') + 1)..] switch
            {
                "running_var" => () => 0.5 + random.NextDouble(),
                "weight" when entry.Shape.Count == 1 => () => 0.6 + (0.8 * random.NextDouble()),
                "weight" => () => Gaussian(random) * Math.Sqrt(2.0 / fanIn),
                _ => () => 0.2 * Gaussian(random),
            };
            var values = new float[entry.ElementCount];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)next();
            }

            return KeyValuePair.Create(entry.Name, CheckpointTensor.FromArray(values, [.. entry.Shape]));
        }));
    }

    /// <summary>Images [n, C, height, width].</summary>
    public static float[] Images(DenseNetSpec spec, int n, int height, int width, int seed = 2)
    {
        var random = new Random(seed);
        var images = new float[n * spec.InputChannels * height * width];
        for (var i = 0; i < images.Length; i++)
        {
            images[i] = (float)Gaussian(random);
        }

        return images;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
