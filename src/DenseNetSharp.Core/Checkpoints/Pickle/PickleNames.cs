namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Attributes and keys with a meaning in a pickled state dict.</summary>
internal static class PickleNames
{
    /// <summary>PyTorch's attribute of a state dict: module name to a dict with its version.</summary>
    public const string ModuleMetadata = "_metadata";

    /// <summary>The version of one module within <see cref="ModuleMetadata"/>.</summary>
    public const string Version = "version";

    /// <summary>This library's attribute of a state dict, <c>state_dict.metadata</c> in Python: text to text.</summary>
    public const string Metadata = "metadata";
}
