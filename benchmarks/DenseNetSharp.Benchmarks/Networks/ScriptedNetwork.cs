using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Networks;

/// <summary>torchvision's own network, saved by Python with <c>torch.jit.script</c> and run by this process's libtorch.</summary>
internal static class ScriptedNetwork
{
    public static jit.ScriptModule<Tensor, Tensor> Load(string file) => jit.load<Tensor, Tensor>(file);

    /// <summary>Names of weights and running statistics that are not the same bits in both.</summary>
    public static IReadOnlyList<string> Differences(DenseNet own, jit.ScriptModule<Tensor, Tensor> scripted)
    {
        var theirs = scripted.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))
            .Concat(scripted.named_buffers()).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        var ours = own.state_dict();
        return [.. ours.Keys.Union(theirs.Keys).Where(name =>
            !ours.TryGetValue(name, out var mine) || !theirs.TryGetValue(name, out var other) || !SameBits(mine, other))];
    }

    public static bool SameBits(Tensor a, Tensor b) =>
        a.shape.SequenceEqual(b.shape) && a.dtype == b.dtype && a.contiguous().bytes.SequenceEqual(b.contiguous().bytes);
}
