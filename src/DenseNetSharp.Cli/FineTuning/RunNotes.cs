namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The names of what <c>run.json</c> notes of a command line besides the training's options.</summary>
internal static class RunNotes
{
    public const string Weights = "weights";
    public const string Recipe = "recipe";
    public const string HeldOut = "val";
    public const string Folds = "folds";
    public const string Fold = "fold";
    public const string GroupPattern = "group-pattern";
    public const string MemoryEfficient = "memory-efficient";
    public const string ChannelsLast = "channels-last";
    public const string Device = "device";
}
