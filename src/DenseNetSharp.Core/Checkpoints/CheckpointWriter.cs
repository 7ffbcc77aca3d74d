using DenseNetSharp.Checkpoints.Legacy;
using DenseNetSharp.Checkpoints.Safetensors;
using DenseNetSharp.Checkpoints.Zip;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// Writes a checkpoint beside its place and moves it there, so that no half-written file is ever found.
/// </summary>
internal static class CheckpointWriter
{
    public static void Write(Checkpoint checkpoint, string path, CheckpointFormat format)
    {
        var target = Path.GetFullPath(path);
        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new DirectoryNotFoundException($"{path} cannot be written: its folder does not exist.");
        }

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        try
        {
            using (stream)
            {
                WriteTo(checkpoint, stream, format);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

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
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such checkpoint format.");
        }
    }
}
