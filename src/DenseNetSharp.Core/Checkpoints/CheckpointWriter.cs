using DenseNetSharp.Checkpoints.Legacy;
using DenseNetSharp.Checkpoints.Safetensors;
using DenseNetSharp.Checkpoints.TorchSharp;
using DenseNetSharp.Checkpoints.Zip;
using DenseNetSharp.Files;

namespace DenseNetSharp.Checkpoints;

/// <summary>Writes a checkpoint in one of the formats.</summary>
internal static class CheckpointWriter
{
    public static void Write(Checkpoint checkpoint, string path, CheckpointFormat format) =>
        AtomicFile.Write(path, stream => WriteTo(checkpoint, stream, format));

    private static void WriteTo(Checkpoint checkpoint, Stream stream, CheckpointFormat format)
    {
        switch (format)
        {
            case CheckpointFormat.Legacy:
                LegacyWriter.Write(checkpoint, stream);
                break;
            case CheckpointFormat.Zip:
                ZipCheckpointWriter.Write(checkpoint, stream);
                break;
            case CheckpointFormat.Safetensors:
                SafetensorsWriter.Write(checkpoint, stream);
                break;
            case CheckpointFormat.TorchSharp:
                TorchSharpWriter.Write(checkpoint, stream);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such checkpoint format.");
        }
    }
}
