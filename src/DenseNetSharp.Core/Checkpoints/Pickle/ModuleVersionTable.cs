namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Works out the versions that PyTorch would write beside these tensors from their names alone.</summary>
internal static class ModuleVersionTable
{
    /// <summary>
    /// Every module that holds one of the tensors or contains one that does, a parent before its children.
    /// </summary>
    public static IReadOnlyDictionary<string, int> FromKeys(IEnumerable<string> keys)
    {
        var names = keys.ToHashSet(StringComparer.Ordinal);
        var versions = new OrderedDictionary<string, int>(StringComparer.Ordinal) { [""] = 1 };
        foreach (var key in names)
        {
            for (var dot = key.IndexOf('.', StringComparison.Ordinal);
                dot >= 0;
                dot = key.IndexOf('.', dot + 1))
            {
                var module = key[..dot];
                versions.TryAdd(module, VersionOf(module, names));
            }
        }

        return versions;
    }

    // A batch norm without num_batches_tracked must stay at version 1: only then does PyTorch's strict load fill it
    // in. torchvision's _DenseBlock is a class of version 2.
    private static int VersionOf(string module, HashSet<string> names) =>
        names.Contains($"{module}.num_batches_tracked") || IsDenseBlock(module) ? 2 : 1;

    private static bool IsDenseBlock(string module)
    {
        var name = module.AsSpan(module.LastIndexOf('.') + 1);
        return name.StartsWith("denseblock") && int.TryParse(name["denseblock".Length..], out _);
    }
}
