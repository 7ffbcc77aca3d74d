using DenseNetSharp.Checkpoints.Legacy;

namespace DenseNetSharp.Checkpoints;

/// <summary>Names the things that people most often have in place of a checkpoint, by their first bytes, and what to do.</summary>
internal static class OtherFiles
{
    /// <summary>What writes a Keras model's weights so that they are read.</summary>
    public const string KerasRemedy = "safetensors.numpy.save_file({w.path: w.numpy() for w in model.weights}, 'model.safetensors')";

    private static ReadOnlySpan<byte> Torch7Object => [4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, (byte)'V', (byte)' ', (byte)'1'];

    /// <summary>What a file is that is no checkpoint, in a sentence or two.</summary>
    /// <param name="start">Its first bytes.</param>
    public static string Describe(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.TrimStart(" \t\r\n"u8).StartsWith("<"u8) =>
            "The file is a web page, not a checkpoint; the download probably failed.",
        _ when start.StartsWith("version https://git-lfs"u8) =>
            "The file is a Git LFS pointer, not the checkpoint itself; fetch it with 'git lfs pull'.",
        [0x1F, 0x8B, ..] => "The file is compressed with gzip; unpack it first ('gunzip', or 'tar -xzf' for an archive).",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] =>
            "The file is HDF5, as Keras's .h5 files are, which KerasWeights.Open of the package DenseNetSharp.Hdf5 and the densenet command read; in "
            + $"Python {KerasRemedy} writes what is read here.",
        [0x08, 0x01, 0x12, ..] => "The file is TensorFlow's saved_model.pb, which is not read; save the Keras model's weights with "
            + $"{KerasRemedy}.",
        [(byte)'B', (byte)'Z', (byte)'h', ..] or [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..]
            or [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => "The file is compressed; unpack it first (bzip2, xz, 7z or rar).",
        [(byte)'{' or (byte)'[', ..] => "The file is JSON, not a checkpoint; a failed download may have left it, or it describes one.",
        [0x08, <= 0x20, 0x12, ..] => "The file is an ONNX graph, which is not read; save the network's state dict from PyTorch, which it was exported from.",
        _ when start.StartsWith(Torch7Object) || start.StartsWith("4\n1\n3\nV 1\n"u8) =>
            "The file is Lua Torch's .t7, which is not read; torch.utils.serialization.load_lua of PyTorch 0.4 reads it, and torch.save writes what is.",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "The file is a NumPy array, not a checkpoint.",
        [0x80, >= 2 and <= 5, ..] when !start.StartsWith(LegacyFormat.Start[..Math.Min(start.Length, LegacyFormat.Start.Length)]) =>
            "The file is a pickle alone: the data.pkl of an unpacked PyTorch archive, whose tensors lie in the files beside it (give the .pth itself, or "
            + "pack the folder again with 'zip -0 -r model.pth FOLDER'), or what pickle.dump wrote in place of torch.save.",
        _ when start.StartsWith(LegacyFormat.Start[..Math.Min(start.Length, LegacyFormat.Start.Length)]) || "PK\x03\x04"u8.StartsWith(start) =>
            "The file ends before a checkpoint's first bytes do.",
        _ => "The file is neither a PyTorch checkpoint (zip or legacy) nor safetensors nor TorchSharp's own; it starts with "
            + $"{Convert.ToHexStringLower(start[..Math.Min(start.Length, 8)])}.",
    };

    /// <summary>What a zip archive is that has no pickle where PyTorch puts it.</summary>
    /// <param name="entries">The names in it.</param>
    public static string? DescribeArchive(IReadOnlyCollection<string> entries) =>
        entries.Contains("model.weights.h5")
            ? $"The file is a Keras 3 archive (.keras), which is not read; in Python {KerasRemedy} writes what is."
        : entries.Contains("data.pkl")
            ? "The file is a zip archive of what PyTorch's archive has in its folder; pack the folder itself: 'zip -0 -r model.pth FOLDER'."
        : entries.FirstOrDefault(IsCheckpointsName) is { } inner
            ? $"The file is a zip archive that holds {PrintableText.Of(inner)}; unpack it first."
        : entries.Any(name => name.EndsWith("/data.pkl", StringComparison.Ordinal))
            ? "The file is a zip archive in which PyTorch's folder lies within others; pack that folder alone: 'zip -0 -r model.pth FOLDER'."
        : null;

    private static bool IsCheckpointsName(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".pth" or ".pt" or ".ckpt" or ".bin" or ".safetensors" or ".tar";
}
