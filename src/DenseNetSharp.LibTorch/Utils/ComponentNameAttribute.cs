namespace TorchSharp.Utils;

/// <summary>Registers a field under another name than its own.</summary>
public class ComponentNameAttribute : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; set; } = null!;
}
