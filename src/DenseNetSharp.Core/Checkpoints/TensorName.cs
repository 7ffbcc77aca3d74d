namespace DenseNetSharp.Checkpoints;

/// <summary>What the name of a tensor in a file may be.</summary>
internal static class TensorName
{
    // torchvision's longest has 55. Names are matched with rules again and again, which a long one would make slow.
    private const int MostCharacters = 1024;

    /// <summary>Says in one sentence what is wrong with a name; null if nothing is.</summary>
    public static string? FindProblem(string name) => name.Length <= MostCharacters
        ? null
        : $"The name of a tensor has {name.Length} characters, far more than any network's: "
            + $"'{PrintableText.Of(name)}'.";
}
