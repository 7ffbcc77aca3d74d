using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace SimilarImages;

/// <summary>Computes what a network's classifier would get of images. The network needs no classifier for that.</summary>
internal sealed class Embedder : IDisposable
{
    private readonly FusedDenseNet _engine;
    private readonly ImagePreset _preset;

    private Embedder(FusedDenseNet engine, DescribedCheckpoint described) =>
        (_engine, _preset, Decode) = (engine, described.Preset, described.Description?.DecodeOptions ?? ImageDecodeOptions.Default);

    public int FeatureCount => _engine.FeatureCount;

    /// <summary>How the images are decoded.</summary>
    public ImageDecodeOptions Decode { get; }

    /// <summary>Loads the network, and how images are prepared for it from what training left beside it (run.json) or inside.</summary>
    public static Embedder Load(string path, int threads)
    {
        using var checkpoint = Checkpoint.Open(path);
        var described = DescribedCheckpoint.Of(checkpoint, featuresOnly: true);
        return new Embedder(FusedDenseNet.Load(checkpoint, new() { Spec = described.Spec, MaxThreads = threads }), described);
    }

    /// <summary>Computes the features of all pictures that can be read, in their order: while the engine works on one batch the next
    /// are decoded, and no more than a few are in memory.</summary>
    public FeatureIndex Embed(IReadOnlyList<Picture> pictures, Action<Picture, Exception> onUnreadable)
    {
        var index = new FeatureIndex(pictures.Count, FeatureCount);
        var options = new ImageBatchOptions { Workers = _engine.MaxThreads };
        var features = new float[options.BatchSize * FeatureCount];
        foreach (var batch in ImageBatch.Load(pictures, picture => picture.Load(Decode), _preset, options))
        {
            using (batch)
            {
                foreach (var unreadable in batch.Unreadable)
                {
                    onUnreadable(unreadable.Source, unreadable.Error!);
                }

                if (batch.Count > 0)
                {
                    var found = features.AsSpan(0, batch.Count * FeatureCount);
                    _engine.PredictFeatures(batch.Pixels, batch.Count, batch.Size, found);
                    index.Add(batch.Sources, found);
                }
            }
        }

        return index;
    }

    public void Dispose() => _engine.Dispose();
}
