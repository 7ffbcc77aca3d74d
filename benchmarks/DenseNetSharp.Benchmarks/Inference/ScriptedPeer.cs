using DenseNetSharp.Benchmarks.Networks;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>torchvision's network as TorchScript on TorchSharp's libtorch, as <c>torch.jit.script</c> saved it or frozen.</summary>
internal static class ScriptedPeer
{
    public const string Saved = ".pt";
    public const string Frozen = ".frozen.pt";

    public static void Serve(string folder, string model, string extension, int threads)
    {
        set_num_threads(threads);
        using var network = ScriptedNetwork.Load(Path.Combine(folder, model + extension));
        var read = PeerImages.Read(folder);
        var images = tensor(read.Values, [read.Count, 3, read.Side, read.Side]);
        PeerLoop.Serve(() => n =>
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            return network.call(images.narrow(0, 0, n))[0, 0].item<float>();
        });
    }
}
