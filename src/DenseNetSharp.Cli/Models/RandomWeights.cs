using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Models;

/// <summary>A network's tensors where only its speed matters: random weights that keep values in range from layer to layer.</summary>
internal static class RandomWeights
{
    public static Checkpoint Create(DenseNetSpec spec)
    {
        var random = new Random(0);
        return new Checkpoint(spec.StateDict.Where(entry => !entry.MayBeAbsent).Select(entry =>
        {
            var values = new float[entry.ElementCount];
            if (entry.Shape.Count > 1)
            {
                var bound = MathF.Sqrt(6f / (values.Length / entry.Shape[0]));
                foreach (ref var value in values.AsSpan())
                {
                    value = ((random.NextSingle() * 2) - 1) * bound;
                }
            }
            else if (entry.Name.EndsWith(".weight", StringComparison.Ordinal) || entry.Name.EndsWith(".running_var", StringComparison.Ordinal))
            {
                Array.Fill(values, 1);
            }

            return KeyValuePair.Create(entry.Name, CheckpointTensor.FromArray(values, [.. entry.Shape]));
        }));
    }
}
