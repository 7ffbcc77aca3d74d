using System.Buffers.Binary;
using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Files;
using PureHDF;

namespace DenseNetSharp.Checkpoints.Hdf5;

/// <summary>Opens the HDF5 files that Keras writes: weights by the names of layers.</summary>
public static class KerasWeights
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>
    /// Opens a Keras model's weights: <c>keras.applications</c>' own <c>.h5</c> files, and what <c>model.save("model.h5")</c> or, before
    /// Keras 3, <c>model.save_weights("weights.h5")</c> wrote. The tensors have Keras's names and layout, which loading a network
    /// understands; they are read at once, and the file is closed again. The activation of a saved model's last layer, a sigmoid or
    /// softmax, becomes the metadata's <c>task</c>. Any other file is opened by <see cref="Checkpoint.Open"/>.
    /// </summary>
    /// <param name="path">The file, recognised by its content.</param>
    /// <returns>The checkpoint, without a <see cref="Checkpoint.Format"/> where it was HDF5.</returns>
    /// <exception cref="CheckpointFormatException">The file is HDF5 of another kind, is damaged, or is no checkpoint.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!IsHdf5(path))
        {
            return Checkpoint.Open(path);
        }

        RequireWhole(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            using var file = H5File.Open(stream, leaveOpen: true);
            return KerasFileReader.Read(path, stream.Length, file);
        }
        catch (Exception exception) when (exception is not CheckpointFormatException)
        {
            // What a damaged file makes of PureHDF has many types: it trusts what it reads.
            throw new CheckpointFormatException(
                path, null, $"The file is damaged, or HDF5 of a kind that is not read ({PrintableText.Of(exception.Message.TrimEnd('.'))}).");
        }
    }

    private static bool IsHdf5(string path)
    {
        // A pipe seems empty, and would wait for somebody to write to it.
        if (!File.Exists(path) || LinkedFile.Resolve(path).Length < Signature.Length)
        {
            return false;
        }

        using var handle = File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);
        Span<byte> start = stackalloc byte[Signature.Length];
        return RandomAccess.Read(handle, start, 0) == start.Length && start.SequenceEqual(Signature);
    }

    /// <summary>Compares the file's length with the one in its superblock, as HDF5 itself does: most files that are damaged are cut short.</summary>
    private static void RequireWhole(string path)
    {
        using var file = new MappedFile(path);
        var start = file.Read(0, (int)Math.Min(file.Length, 64));
        var end = start switch
        {
            // The version, later the size of an address, later the end of the file.
            [_, _, _, _, _, _, _, _, <= 1, _, _, _, _, 8, ..] => End(start, start[8] == 0 ? 40 : 44),
            [_, _, _, _, _, _, _, _, 2 or 3, 8, ..] => End(start, 28),
            _ => 0,
        };
        if (end > file.Length)
        {
            throw new CheckpointFormatException(
                path, file.Length, $"The file ends too early: it is HDF5 of {end} bytes, and has {file.Length}. Copy or download it again.");
        }
    }

    private static long End(byte[] start, int offset) =>
        start.Length < offset + sizeof(long) ? 0 : BinaryPrimitives.ReadInt64LittleEndian(start.AsSpan(offset));
}
