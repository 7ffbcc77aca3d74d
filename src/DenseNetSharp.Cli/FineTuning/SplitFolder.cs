namespace DenseNetSharp.Cli.FineTuning;

/// <summary>A folder that is divided already: <c>train</c>, and <c>val</c>, <c>valid</c> or <c>test</c> beside it, each with
/// one sub-folder a class; in upper or lower case.</summary>
/// <param name="Training">Its images to learn from.</param>
/// <param name="HeldOut">Its images to validate with; null where there are none.</param>
/// <param name="Test">Its test images; null where there are none. Nothing is chosen by them, or they would test no more.</param>
internal sealed record SplitFolder(string Training, string? HeldOut, string? Test)
{
    private static readonly string[][] Layouts =
        [["train", "val"], ["train", "valid"], ["train", "test"], ["train", "val", "test"], ["train", "valid", "test"]];

    /// <summary>Recognises such a folder; null where the sub-folders are classes.</summary>
    public static SplitFolder? Find(string folder)
    {
        var parts = Directory.GetDirectories(folder).ToLookup(path => Path.GetFileName(path).ToLowerInvariant());
        var names = parts.Select(part => part.Key).ToHashSet();
        return Layouts.Any(names.SetEquals) && parts.All(part => part.Count() == 1) && parts.All(part => Directory.EnumerateDirectories(part.Single()).Any())
            ? new SplitFolder(
                parts["train"].Single(), parts["val"].Concat(parts["valid"]).FirstOrDefault(), parts["test"].FirstOrDefault())
            : null;
    }
}
