using System.Text;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>
/// Reads PyTorch's zip format: one folder, of any name, with the pickle in <c>data.pkl</c> and each storage in
/// <c>data/KEY</c>.
/// </summary>
internal static class ZipCheckpointReader
{
    public static CheckpointContent Read(MappedFile file)
    {
        var entries = ZipDirectory.Read(file);
        var pickle = FindPickle(file, entries);
        var root = pickle.Name[..^"data.pkl".Length];
        RequireStored(file, pickle);
        RequireLittleEndian(file, entries, root);

        var stream = new PickleStream(file, pickle.Start, pickle.Start + pickle.Length);
        var content = PickleReader.Read(stream);
        var found = PickledStateDict.Read(
            CheckpointFormat.Zip,
            content.Root,
            storage => FindStorage(file, entries, root, storage),
            problem => stream.Error(pickle.Start, problem));
        return found with { ScriptCalls = TorchScriptCode.Calls(file, entries, root, found.ScriptClasses) };
    }

    private static ZipEntry FindPickle(MappedFile file, IReadOnlyDictionary<string, ZipEntry> entries)
    {
        var pickles = entries.Values.Where(entry => IsPickle(entry.Name)).ToArray();
        return pickles.Length == 1
            ? pickles[0]
            : throw new CheckpointFormatException(
                file.Path,
                pickles.Length > 0 ? pickles[1].HeaderStart : 0,
                (pickles.Length == 0 ? OtherFiles.DescribeArchive([.. entries.Keys]) : null)
                ?? $"The file is a zip archive with {pickles.Length} entries named FOLDER/data.pkl, and a PyTorch "
                + "checkpoint has one.");
    }

    private static bool IsPickle(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && name.AsSpan(slash + 1).SequenceEqual("data.pkl");
    }

    /// <summary>PyTorch stores what it needs uncompressed, so that it can be mapped.</summary>
    private static void RequireStored(MappedFile file, ZipEntry entry)
    {
        if (!entry.IsPlain)
        {
            throw new CheckpointFormatException(
                file.Path,
                entry.HeaderStart,
                $"The entry '{PrintableText.Of(entry.Name)}' is compressed or encrypted ({entry.Length} bytes in "
                + $"{entry.StoredLength}); PyTorch stores entries as they are. An archive that was packed again is read once it is unpacked and packed "
                + "with 'zip -0 -r model.pth FOLDER'.");
        }
    }

    private static void RequireLittleEndian(
        MappedFile file, IReadOnlyDictionary<string, ZipEntry> entries, string root)
    {
        if (entries.TryGetValue($"{root}byteorder", out var entry)
            && entry is { Length: 3, IsPlain: true }
            && Encoding.ASCII.GetString(file.Read(entry.Start, 3)) == "big")
        {
            throw new CheckpointFormatException(
                file.Path, entry.Start, "The file was written on a big-endian machine, which is not supported.");
        }
    }

    private static FileStorage FindStorage(
        MappedFile file, IReadOnlyDictionary<string, ZipEntry> entries, string root, PickleStorage storage)
    {
        if (!entries.TryGetValue($"{root}data/{storage.Key}", out var entry))
        {
            throw new CheckpointFormatException(
                file.Path,
                storage.Offset,
                $"The archive has no entry '{PrintableText.Of($"{root}data/{storage.Key}")}', which a tensor lies in.");
        }

        RequireStored(file, entry);
        var byteCount = storage.ElementCount * storage.Type.ElementSize;
        return entry.Length >= byteCount
            ? new FileStorage(file, entry.Start, byteCount)
            : throw new CheckpointFormatException(
                file.Path,
                entry.Start,
                $"The entry '{PrintableText.Of(entry.Name)}' has {entry.Length} bytes where its storage needs "
                + $"{byteCount}.");
    }
}
