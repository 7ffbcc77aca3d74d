using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>A network's weights as the kernels read them, in one piece of memory. It is never changed once made.</summary>
internal sealed class PackedNetwork : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <summary>Packs a network.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="lanes">Floats in a vector of the kernels that will read it.</param>
    /// <param name="threads">Threads to pack with.</param>
    public PackedNetwork(DenseNetSpec spec, NetworkTensors tensors, int lanes, int threads)
    {
        var packer = new NetworkPacker(spec, tensors, lanes);
        Stem = packer.PlanStem();
        Blocks = new PackedBlock[spec.BlockConfig.Count];
        var channels = spec.InitFeatures;
        for (var block = 0; block < Blocks.Length; block++)
        {
            Blocks[block] = packer.PlanBlock(block, channels);
            channels = Blocks[block].TransitionConvolution?.N ?? Blocks[block].OutChannels;
        }

        (Pooling, FeatureCount) = (spec.Pooling, spec.PooledFeatureCount);
        LastNorm = packer.PlanLastNorm(channels);
        Head = packer.PlanHead();
        _memory = packer.Pack(threads);
    }

    public PackedStem Stem { get; }

    public PackedBlock[] Blocks { get; }

    public NormVectors LastNorm { get; }

    /// <summary>How the last maps become features.</summary>
    public GlobalPooling Pooling { get; }

    /// <summary>From the pooled features to the logits; empty where the network is of features alone. The last is linear.</summary>
    public PackedHeadStep[] Head { get; }

    /// <summary>Channels of the last maps.</summary>
    public int MapCount => Blocks[^1].OutChannels;

    /// <summary>Pooled features.</summary>
    public int FeatureCount { get; }

    /// <summary>Bytes of packed weights.</summary>
    public long ByteCount => (long)_memory.Length * sizeof(float);

    /// <summary>Keeps the memory until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Retain()
    {
        try
        {
            var retained = false;
            _memory.DangerousAddRef(ref retained);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(EngineName.Full);
        }
    }

    /// <summary>What a head that is nothing but linear gives each feature for a class.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been freed.</exception>
    public unsafe float[] ClassifierWeights(int classIndex)
    {
        Retain();
        try
        {
            // One layer a step, each from the next one's weights back to the features.
            float[] weights = [.. Enumerable.Range(0, Head[^1].Width).Select(i => i == classIndex ? 1f : 0f)];
            foreach (var matrix in Head.Reverse().Select(step => step.Matrix!))
            {
                var inputs = new double[matrix.K];
                for (var output = 0; output < matrix.N; output++)
                {
                    var column = matrix.Column(output, out var step);
                    for (var input = 0; input < inputs.Length; input++)
                    {
                        inputs[input] += (double)weights[output] * column[(nint)input * step];
                    }
                }

                weights = Array.ConvertAll(inputs, value => (float)value);
            }

            return weights;
        }
        finally
        {
            Release();
        }
    }

    public void Release() => _memory.DangerousRelease();

    public void Dispose() => _memory.Dispose();
}
