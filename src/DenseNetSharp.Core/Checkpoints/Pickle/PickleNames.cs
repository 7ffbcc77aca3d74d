namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Attributes and keys with a meaning in a pickled state dict or module.</summary>
internal static class PickleNames
{
    /// <summary>PyTorch's attribute of a state dict: module name to a dict with its version.</summary>
    public const string ModuleMetadata = "_metadata";

    /// <summary>The version of one module within <see cref="ModuleMetadata"/>.</summary>
    public const string Version = "version";

    /// <summary>This library's attribute of a state dict, <c>state_dict.metadata</c> in Python: text to text.</summary>
    public const string Metadata = "metadata";

    /// <summary>A module's parameters by name; null for those that it does without.</summary>
    public const string Parameters = "_parameters";

    /// <summary>A module's other tensors by name, such as running means.</summary>
    public const string Buffers = "_buffers";

    /// <summary>The names of the buffers that are no part of the state dict.</summary>
    public const string NonPersistentBuffers = "_non_persistent_buffers_set";

    /// <summary>A module's children by name.</summary>
    public const string Modules = "_modules";

    /// <summary>torchxrayvision's thresholds, one a finding.</summary>
    public const string OperatingThresholds = "op_threshs";

    /// <summary>Thresholds, one a class, as training scripts call them.</summary>
    public const string Thresholds = "thresholds";

    /// <summary>What the names of PyTorch's own modules' classes start with.</summary>
    public const string TorchModules = "torch.nn.modules.";

    /// <summary>What the modules of all classes of a TorchScript archive start with.</summary>
    public const string TorchScript = "__torch__";
}
