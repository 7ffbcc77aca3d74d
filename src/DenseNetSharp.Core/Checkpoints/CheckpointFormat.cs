namespace DenseNetSharp.Checkpoints;

/// <summary>How a checkpoint lies in its file.</summary>
public enum CheckpointFormat
{
    /// <summary>PyTorch's sequential pickles, <c>torch.save(..., _use_new_zipfile_serialization=False)</c>.</summary>
    Legacy,

    /// <summary>PyTorch's zip archive, what <c>torch.save</c> writes since 1.6.</summary>
    Zip,

    /// <summary>Hugging Face's safetensors.</summary>
    Safetensors,

    /// <summary>TorchSharp's own, what its <c>Module.save</c> writes. It has no place for metadata.</summary>
    TorchSharp,
}
