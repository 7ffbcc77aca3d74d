using DenseNetSharp.Inference;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>The fused engine.</summary>
internal static class FusedPeer
{
    public static void Serve(string folder, string model, int threads)
    {
        using var engine = FusedDenseNet.Load(Path.Combine(folder, $"{model}.pth"), new() { MaxThreads = threads });
        var images = PeerLoop.ReadImages(folder);
        PeerLoop.Serve(() =>
        {
            var logits = new float[8 * engine.NumClasses];
            return n =>
            {
                engine.Predict(
                    images.AsSpan(0, n * PeerLoop.ImageLength), n, PeerLoop.Side, logits.AsSpan(0, n * engine.NumClasses));
                return logits[0];
            };
        });
    }
}
