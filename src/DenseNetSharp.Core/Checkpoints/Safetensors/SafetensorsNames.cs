namespace DenseNetSharp.Checkpoints.Safetensors;

/// <summary>The keys of a safetensors header.</summary>
internal static class SafetensorsNames
{
    public const string Metadata = "__metadata__";
    public const string DataType = "dtype";
    public const string Shape = "shape";
    public const string Offsets = "data_offsets";
}
