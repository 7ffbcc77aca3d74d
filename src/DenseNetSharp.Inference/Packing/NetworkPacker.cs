using System.Runtime.ExceptionServices;
using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Packs a network: first every part is planned, which tells where in one piece of memory it will lie; then the parts are
/// filled, by several threads if they may.
/// </summary>
/// <param name="spec">The network.</param>
/// <param name="tensors">Its tensors.</param>
/// <param name="lanes">Floats in a vector of the kernels that will read it.</param>
internal sealed unsafe class NetworkPacker(DenseNetSpec spec, NetworkTensors tensors, int lanes)
{
    private readonly BufferPlan _plan = new();
    private readonly List<PackingJob> _jobs = [];

    /// <summary>Plans what comes before the first block.</summary>
    public PackedStem PlanStem()
    {
        var stem = new PackedStem(_plan, spec, lanes);
        _jobs.Add((memory, staging) =>
        {
            const string name = "features.conv0";
            var (scale, shift) = stem.HasPooling ? ReadNormOf(name, "features.norm0") : (null, ReadBias(name));
            Fill(stem.Convolution, memory, tensors.Read($"{name}.weight", staging), scale, shift);
        });
        for (var i = 0; i < stem.Deep.Length; i++)
        {
            var (convolution, name, norm) = (stem.Deep[i], $"features.conv{i + 1}", $"features.norm{i + 1}");
            _jobs.Add((memory, staging) =>
            {
                var (scale, shift) = ReadNormOf(name, norm);
                var weight = tensors.Read($"{name}.weight", staging);
                ScaleRows(weight, scale);
                convolution.Place(memory, weight, shift);
            });
        }

        return stem;
    }

    /// <summary>Plans a dense block and its transition.</summary>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="inChannels">Channels that it starts with.</param>
    public PackedBlock PlanBlock(int block, int inChannels)
    {
        // The larger tile pays where there are many tiles: in the first two blocks, at a quarter and an eighth of the
        // image's size. After them its weights, more than twice as large, cost more than the products it saves.
        var scheme = block < 2 ? WinogradScheme.Four : WinogradScheme.Two;
        var layers = new PackedDenseLayer[spec.BlockConfig[block]];
        var channels = inChannels;
        for (var layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = PlanLayer($"features.denseblock{block + 1}.denselayer{layer + 1}.", channels, scheme);
            channels += spec.GrowthRate;
        }

        var hasTransition = block + 1 < spec.BlockConfig.Count;
        var transition = $"features.transition{block + 1}";
        return new PackedBlock
        {
            InChannels = inChannels,
            OutChannels = channels,
            PixelStride = PixelStride(inChannels, channels),
            Layers = layers,
            TransitionNorm = hasTransition ? PlanNorm($"{transition}.norm", channels) : null,
            TransitionConvolution = hasTransition
                ? PlanMatrix($"{transition}.conv", channels, spec.Compressed(channels), () => (null, ReadBias($"{transition}.conv")))
                : null,
        };
    }

    /// <summary>Plans the norm after the last block; where there is none, one that changes nothing and no ReLU.</summary>
    public NormVectors PlanLastNorm(int channels)
    {
        if (spec.HasLastNorm)
        {
            return PlanNorm(DenseNetModules.LastNorm, channels, spec.HasLastReLU ? 0 : float.NegativeInfinity);
        }

        var none = new NormVectors(_plan, channels) { Floor = float.NegativeInfinity };
        _jobs.Add((memory, _) => none.Place(memory, FoldedNorm.None(channels)));
        return none;
    }

    /// <summary>Plans the classifier or head.</summary>
    public PackedHeadStep[] PlanHead() => new HeadPacker(spec, tensors, _plan, _jobs, lanes).Plan();

    /// <summary>Fills all that has been planned.</summary>
    /// <param name="threads">Threads to do it with; with 1 the caller's alone.</param>
    /// <returns>The memory that everything lies in.</returns>
    public NativeBuffer Pack(int threads)
    {
        var memory = new NativeBuffer(_plan.Length);
        try
        {
            Fill(memory, threads);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private void Fill(NativeBuffer memory, int threads)
    {
        var most = tensors.MostElements;
        if (threads == 1)
        {
            using var staging = new NativeBuffer(most);
            _jobs.ForEach(job => job(memory.Pointer, staging.Span));
            return;
        }

        try
        {
            Parallel.ForEach(
                _jobs,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => new NativeBuffer(most),
                (job, _, staging) =>
                {
                    job(memory.Pointer, staging.Span);
                    return staging;
                },
                staging => staging.Dispose());
        }
        catch (AggregateException exception)
        {
            // The same exception as from one thread.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private PackedDenseLayer PlanLayer(string prefix, int inChannels, WinogradScheme scheme)
    {
        var norm1 = PlanNorm($"{prefix}norm1", inChannels);
        var bottleneck = spec.BottleneckSize * spec.GrowthRate;
        var conv1 = spec.HasBottlenecks
            ? PlanMatrix($"{prefix}conv1", inChannels, bottleneck, () => ReadNormOf($"{prefix}conv1", $"{prefix}norm2"))
            : null;
        var conv2 = new PackedConvolution3x3(
            _plan, scheme, spec.HasBottlenecks ? bottleneck : inChannels, spec.GrowthRate, lanes, spec.HasConvolutionBias);
        var name = $"{prefix}{(spec.HasBottlenecks ? "conv2" : "conv1")}";
        _jobs.Add((memory, staging) => conv2.Place(memory, tensors.Read($"{name}.weight", staging), ReadBias(name)));
        return new PackedDenseLayer(norm1, conv1, conv2);
    }

    /// <summary>A convolution's bias; null where convolutions have none.</summary>
    private float[]? ReadBias(string convolution) => spec.HasConvolutionBias ? tensors.Read($"{convolution}.bias") : null;

    /// <summary>The norm that follows a convolution, its bias folded into it.</summary>
    private (float[] Scale, float[] Shift) ReadNormOf(string convolution, string norm)
    {
        var folded = FoldedNorm.Read(tensors, norm, spec.BatchNormEpsilon).After(ReadBias(convolution));
        return (folded.Scale, folded.Shift);
    }

    private NormVectors PlanNorm(string name, int channels, float floor = 0)
    {
        var norm = new NormVectors(_plan, channels) { Floor = floor };
        _jobs.Add((memory, _) => norm.Place(memory, FoldedNorm.Read(tensors, name, spec.BatchNormEpsilon)));
        return norm;
    }

    private PackedMatrix PlanMatrix(string name, int k, int n, Func<(float[]? Scale, float[]? Bias)> readAffine)
    {
        var matrix = new PackedMatrix(_plan, k, n, lanes);
        _jobs.Add((memory, staging) =>
        {
            var (scale, bias) = readAffine();
            Fill(matrix, memory, tensors.Read($"{name}.weight", staging), scale, bias);
        });
        return matrix;
    }

    /// <summary>Packs weights [n, k], each output's times its scale, with its bias.</summary>
    private static void Fill(PackedMatrix matrix, float* memory, Span<float> weight, float[]? scale, float[]? bias)
    {
        matrix.Place(memory);
        if (scale is not null)
        {
            ScaleRows(weight, scale);
        }

        for (var output = 0; output < matrix.N; output++)
        {
            matrix.SetColumn(output, weight.Slice(output * matrix.K, matrix.K), bias?[output] ?? 0);
        }
    }

    private static void ScaleRows(Span<float> weight, float[] scale)
    {
        var length = weight.Length / scale.Length;
        for (var output = 0; output < scale.Length; output++)
        {
            foreach (ref var value in weight.Slice(output * length, length))
            {
                value *= scale[output];
            }
        }
    }

    /// <summary>Room for every whole vector that is read or written, in whole cache lines.</summary>
    private int PixelStride(int inChannels, int outChannels)
    {
        var lastWritten = outChannels - spec.GrowthRate + Division.ToMultiple(spec.GrowthRate, lanes);
        var written = Math.Max(Division.ToMultiple(inChannels, lanes), lastWritten);
        return (int)NativeBuffer.WholeLines(Math.Max(written, Division.ToMultiple(outChannels, lanes)));
    }
}
