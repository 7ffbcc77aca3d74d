namespace DenseNetSharp.Datasets;

/// <summary>What folders and tables call the parts that data is divided into, in any case.</summary>
internal static class PartNames
{
    /// <summary>What is learned from.</summary>
    public const string Training = "train";

    /// <summary>What is validated with.</summary>
    public const string Validation = "validation";

    /// <summary>What nothing is chosen by, or it would test no more.</summary>
    public const string Test = "test";

    private static readonly string[] _endings = ["set", "data", "images"];

    private static readonly Dictionary<string, string> _parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Training,
        ["training"] = Training,
        ["val"] = Validation,
        ["valid"] = Validation,
        ["validation"] = Validation,
        ["dev"] = Validation,
        ["test"] = Test,
        ["testing"] = Test,
    };

    /// <summary>The part that a name means; null for none.</summary>
    public static string? Of(string name) => _parts.GetValueOrDefault(name);

    /// <summary>The part that a folder's name means, such as <c>training_set</c>; null for none.</summary>
    public static string? OfFolder(string folder)
    {
        var name = Path.GetFileName(folder);
        var ending = _endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ?? "";
        return Of(name[..^ending.Length].TrimEnd('_', '-', ' '));
    }
}
