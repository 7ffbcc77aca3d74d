using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>Writes the zip format that <see cref="ZipCheckpointReader"/> reads.</summary>
internal static class ZipCheckpointWriter
{
    public static void Write(Checkpoint checkpoint, Stream stream)
    {
        // PyTorch names the folder after the file, or "archive" where it writes to a stream; readers take any name.
        const string root = "archive";
        var zip = new StoredZipWriter(stream);
        using var pickle = new MemoryStream();
        StateDictPickler.Write(checkpoint, pickle, legacy: false);
        zip.Add($"{root}/data.pkl", pickle.GetBuffer().AsSpan(0, (int)pickle.Length));
        zip.Add($"{root}/byteorder", "little"u8);

        using var buffer = new TensorBuffer();
        var index = 0;
        foreach (var tensor in checkpoint.Tensors.Values)
        {
            zip.Add($"{root}/data/{StateDictPickler.StorageKey(index++)}", buffer.Fill(tensor));
        }

        zip.Add($"{root}/version", "3\n"u8);
        zip.Finish();
    }
}
