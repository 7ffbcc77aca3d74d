using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Options;

/// <summary>What --task says.</summary>
internal static class TaskArgument
{
    /// <summary>The task of a name; null for no name.</summary>
    public static ClassificationTask? Parse(string? name) => name is null ? null : Enum.Parse<ClassificationTask>(name, ignoreCase: true);
}
