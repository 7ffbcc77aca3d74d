using DenseNetSharp.Architectures;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>The fused engine.</summary>
internal static class FusedPeer
{
    public static void Serve(string folder, string model, int threads)
    {
        // torchvision's networks are told by their checkpoints; a blurred pooling no checkpoint tells.
        var isTold = DenseNetArchitectures.Torchvision.Any(spec => spec.Name == model);
        using var engine = FusedDenseNet.Load(
            Path.Combine(folder, $"{model}.pth"), new() { MaxThreads = threads, Spec = isTold ? null : DenseNetArchitectures.Get(model) });
        var images = PeerImages.Read(folder);
        PeerLoop.Serve(() =>
        {
            var logits = new float[images.Count * engine.NumClasses];
            return n =>
            {
                engine.Predict(
                    images.Values.AsSpan(0, n * images.Length), n, images.Side, logits.AsSpan(0, n * engine.NumClasses));
                return logits[0];
            };
        });
    }
}
