namespace DenseNetSharp.Checkpoints;

/// <summary>The element type of a tensor in a checkpoint.</summary>
public enum CheckpointDataType
{
    /// <summary>32-bit IEEE float, PyTorch's <c>float32</c>.</summary>
    Float32,

    /// <summary>64-bit IEEE float, PyTorch's <c>float64</c>.</summary>
    Float64,

    /// <summary>16-bit IEEE float, PyTorch's <c>float16</c>.</summary>
    Float16,

    /// <summary>The upper half of a 32-bit float, PyTorch's <c>bfloat16</c>.</summary>
    BFloat16,

    /// <summary>64-bit signed integer, PyTorch's <c>int64</c>.</summary>
    Int64,

    /// <summary>32-bit signed integer, PyTorch's <c>int32</c>.</summary>
    Int32,

    /// <summary>16-bit signed integer, PyTorch's <c>int16</c>.</summary>
    Int16,

    /// <summary>8-bit signed integer, PyTorch's <c>int8</c>.</summary>
    Int8,

    /// <summary>8-bit unsigned integer, PyTorch's <c>uint8</c>.</summary>
    UInt8,

    /// <summary>A byte that is 0 or 1, PyTorch's <c>bool</c>.</summary>
    Bool,
}
