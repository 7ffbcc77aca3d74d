using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>Whether a file says that its stem's pooling has a blur, which has no tensor.</summary>
/// <param name="HasBlur">Whether it has.</param>
/// <param name="Rule">What tells it, for a report; null where the file's own description of the network does.</param>
internal sealed record StatedPooling(bool HasBlur, AppliedKeyRule? Rule)
{
    private const string Pool = "pool0", Blur = "pool0.1", DeepStem = "features.conv2.weight";

    // Under what training scripts keep the network's name.
    private static readonly string[] _nameKeys = ["arch", "architecture", "model", "model_name", "name"];

    /// <summary>Looks for it; null where the file does not say, or is of a network whose stem it need not.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="names">Its keys with today's names.</param>
    /// <param name="traits">What the file says of its network itself.</param>
    public static StatedPooling? Find(Checkpoint checkpoint, IReadOnlyDictionary<string, string> names, NetworkTraits? traits)
    {
        if (traits?.HasBlurPooling is { } said)
        {
            return new StatedPooling(said, null);
        }

        var modules = checkpoint.ModuleTypes?.Keys ?? checkpoint.ModuleVersions?.Keys ?? [];
        if (modules.Any(module => IsCalled(module, Blur)))
        {
            return new StatedPooling(true, Told(true, "the file's list of modules names pool0.1"));
        }

        if (!names.Values.Contains(DeepStem))
        {
            return null;
        }

        if (modules.Any(module => IsCalled(module, Pool)))
        {
            return new StatedPooling(false, Told(false, "the file's list of modules has nothing within pool0"));
        }

        foreach (var (text, source) in Names(checkpoint))
        {
            if (Named(text) is { } spec)
            {
                return new StatedPooling(spec.HasBlurPooling, Told(spec.HasBlurPooling, $"{source} names {spec.Name}"));
            }
        }

        return null;
    }

    private static bool IsCalled(string module, string name) =>
        module.EndsWith(name, StringComparison.Ordinal) && (module.Length == name.Length || module[^(name.Length + 1)] is '.' or '_');

    private static AppliedKeyRule Told(bool hasBlur, string source) =>
        new(DenseNetKeys.StemPooling, $"the stem's pooling has {(hasBlur ? "a" : "no")} blur, for {source}", 1);

    /// <summary>What may hold the network's name: a value in the file, the file's name, and the folders of the Hub's cache above it.</summary>
    private static IEnumerable<(string Text, string Source)> Names(Checkpoint checkpoint)
    {
        foreach (var key in _nameKeys)
        {
            if (checkpoint.Metadata.TryGetValue(key, out var value))
            {
                yield return (value, $"the file's '{key}'");
            }
        }

        const int folders = 3;
        var path = checkpoint.Path is null ? null : Path.GetFullPath(checkpoint.Path);
        for (var i = 0; i <= folders && path is not null; i++)
        {
            yield return (Path.GetFileName(path), i == 0 ? "the file's name" : "its folder's name");
            path = Path.GetDirectoryName(path);
        }
    }

    /// <summary>The network with a deep stem that a text names, as <c>models--timm--densenetblur121d.ra_in1k</c> does.</summary>
    private static DenseNetSpec? Named(string text) => DenseNetArchitectures.All.FirstOrDefault(
        spec => spec.Stem == DenseNetStem.Deep && text.Contains(spec.Name!, StringComparison.OrdinalIgnoreCase));
}
