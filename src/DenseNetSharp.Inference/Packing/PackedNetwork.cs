using System.Runtime.ExceptionServices;
using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>A network's weights as the kernels read them, in one piece of memory. It is never changed once made.</summary>
internal sealed unsafe class PackedNetwork : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <summary>Packs a network.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="lanes">Floats in a vector of the kernels that will read it.</param>
    /// <param name="threads">Threads to pack with.</param>
    public PackedNetwork(DenseNetSpec spec, NetworkTensors tensors, int lanes, int threads)
    {
        var plan = new BufferPlan();
        var jobs = new List<PackingJob>();
        Stem = PlanStem(spec, tensors, plan, jobs, lanes);
        Blocks = new PackedBlock[spec.BlockConfig.Count];
        var channels = spec.InitFeatures;
        for (var block = 0; block < Blocks.Length; block++)
        {
            Blocks[block] = PlanBlock(spec, tensors, plan, jobs, lanes, block, channels);
            channels = Blocks[block].OutChannels / 2;
        }

        FeatureCount = Blocks[^1].OutChannels;
        LastNorm = PlanNorm(spec, tensors, plan, jobs, "features.norm5", FeatureCount);
        Classifier = PlanMatrix(tensors, plan, jobs, lanes, "classifier.weight", FeatureCount, spec.NumClasses,
            () => (null, tensors.Read("classifier.bias")));
        _memory = new NativeBuffer(plan.Length);
        try
        {
            Pack(jobs, tensors.MostElements, threads);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    public PackedStem Stem { get; }

    public PackedBlock[] Blocks { get; }

    public NormVectors LastNorm { get; }

    public PackedMatrix Classifier { get; }

    /// <summary>Channels at norm5.</summary>
    public int FeatureCount { get; }

    /// <summary>Bytes of packed weights.</summary>
    public long ByteCount => (long)_memory.Length * sizeof(float);

    /// <summary>Keeps the memory until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Retain()
    {
        var retained = false;
        _memory.DangerousAddRef(ref retained);
    }

    public void Release() => _memory.DangerousRelease();

    public void Dispose() => _memory.Dispose();

    private void Pack(List<PackingJob> jobs, int mostElements, int threads)
    {
        if (threads == 1)
        {
            using var staging = new NativeBuffer(mostElements);
            jobs.ForEach(job => job(_memory.Pointer, staging.Span));
            return;
        }

        try
        {
            Parallel.ForEach(
                jobs,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => new NativeBuffer(mostElements),
                (job, _, staging) =>
                {
                    job(_memory.Pointer, staging.Span);
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

    private static PackedStem PlanStem(
        DenseNetSpec spec, NetworkTensors tensors, BufferPlan plan, List<PackingJob> jobs, int lanes)
    {
        var stem = new PackedStem(plan, spec.InputChannels, spec.InitFeatures, lanes);
        jobs.Add((memory, staging) =>
        {
            var norm0 = FoldedNorm.Read(tensors, "features.norm0", spec.BatchNormEpsilon);
            Fill(stem.Convolution, memory, tensors.Read("features.conv0.weight", staging), norm0.Scale, norm0.Shift);
        });
        return stem;
    }

    private static PackedBlock PlanBlock(
        DenseNetSpec spec, NetworkTensors tensors, BufferPlan plan, List<PackingJob> jobs, int lanes, int block, int inChannels)
    {
        // The larger tile pays where there are many tiles: in the first two blocks, at a quarter and an eighth of the
        // image's size. After them its weights, more than twice as large, cost more than the products it saves.
        var scheme = block < 2 ? WinogradScheme.Four : WinogradScheme.Two;
        var bottleneck = spec.BottleneckSize * spec.GrowthRate;
        var name = $"features.denseblock{block + 1}.denselayer";
        var layers = new PackedDenseLayer[spec.BlockConfig[block]];
        var channels = inChannels;
        for (var layer = 0; layer < layers.Length; layer++)
        {
            var prefix = $"{name}{layer + 1}.";
            var norm1 = PlanNorm(spec, tensors, plan, jobs, $"{prefix}norm1", channels);
            var conv1 = PlanMatrix(tensors, plan, jobs, lanes, $"{prefix}conv1.weight", channels, bottleneck, () =>
            {
                var norm2 = FoldedNorm.Read(tensors, $"{prefix}norm2", spec.BatchNormEpsilon);
                return (norm2.Scale, norm2.Shift);
            });
            var conv2 = new PackedConvolution3x3(plan, scheme, bottleneck, spec.GrowthRate, lanes);
            jobs.Add((memory, staging) => conv2.Place(memory, tensors.Read($"{prefix}conv2.weight", staging)));
            layers[layer] = new PackedDenseLayer(norm1, conv1, conv2);
            channels += spec.GrowthRate;
        }

        var hasTransition = block + 1 < spec.BlockConfig.Count;
        var transition = $"features.transition{block + 1}";
        return new PackedBlock
        {
            InChannels = inChannels,
            OutChannels = channels,
            PixelStride = PixelStride(inChannels, channels, spec.GrowthRate, lanes),
            Layers = layers,
            TransitionNorm = hasTransition ? PlanNorm(spec, tensors, plan, jobs, $"{transition}.norm", channels) : null,
            TransitionConvolution = hasTransition
                ? PlanMatrix(tensors, plan, jobs, lanes, $"{transition}.conv.weight", channels, channels / 2, () => (null, null))
                : null,
        };
    }

    /// <summary>Room for every whole vector that is read or written, in whole cache lines.</summary>
    private static int PixelStride(int inChannels, int outChannels, int growth, int lanes)
    {
        var written = Math.Max(Division.ToMultiple(inChannels, lanes), outChannels - growth + Division.ToMultiple(growth, lanes));
        return (int)NativeBuffer.WholeLines(Math.Max(written, Division.ToMultiple(outChannels, lanes)));
    }

    private static NormVectors PlanNorm(
        DenseNetSpec spec, NetworkTensors tensors, BufferPlan plan, List<PackingJob> jobs, string name, int channels)
    {
        var norm = new NormVectors(plan, channels);
        jobs.Add((memory, staging) => norm.Place(memory, FoldedNorm.Read(tensors, name, spec.BatchNormEpsilon)));
        return norm;
    }

    private static PackedMatrix PlanMatrix(
        NetworkTensors tensors,
        BufferPlan plan,
        List<PackingJob> jobs,
        int lanes,
        string name,
        int k,
        int n,
        Func<(float[]? Scale, float[]? Bias)> readAffine)
    {
        var matrix = new PackedMatrix(plan, k, n, lanes);
        jobs.Add((memory, staging) =>
        {
            var (scale, bias) = readAffine();
            Fill(matrix, memory, tensors.Read(name, staging), scale, bias);
        });
        return matrix;
    }

    /// <summary>Packs weights [n, k], each output's times its scale, with its bias.</summary>
    private static void Fill(PackedMatrix matrix, float* memory, Span<float> weight, float[]? scale, float[]? bias)
    {
        matrix.Place(memory);
        for (var output = 0; output < matrix.N; output++)
        {
            var row = weight.Slice(output * matrix.K, matrix.K);
            if (scale is not null)
            {
                foreach (ref var value in row)
                {
                    value *= scale[output];
                }
            }

            matrix.SetColumn(output, row, bias?[output] ?? 0);
        }
    }
}
