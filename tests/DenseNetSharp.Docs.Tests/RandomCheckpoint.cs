using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Docs.Tests;

/// <summary>Networks of small random weights, in files.</summary>
internal static class RandomCheckpoint
{
    /// <summary>Writes one.</summary>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="spec">The network.</param>
    public static void Save(string path, DenseNetSpec spec)
    {
        // The same few thousand over and over: it is quick, and nobody looks.
        var random = new float[4096];
        new TorchRandom(1).FillNormal(random);
        using var checkpoint = new Checkpoint(spec.StateDict.Select(entry => KeyValuePair.Create(entry.Name, Values(entry, random))));
        checkpoint.Save(path);
    }

    private static CheckpointTensor Values(StateDictEntry entry, float[] random)
    {
        if (entry.MayBeAbsent)
        {
            return CheckpointTensor.FromArray([0L]);
        }

        var values = new float[entry.ElementCount];
        if (entry.Name.EndsWith("running_var", StringComparison.Ordinal))
        {
            Array.Fill(values, 1);
        }
        else if (entry.Name.EndsWith("weight", StringComparison.Ordinal))
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = 0.02f * random[i % random.Length];
            }
        }

        return CheckpointTensor.FromArray(values, [.. entry.Shape]);
    }
}
