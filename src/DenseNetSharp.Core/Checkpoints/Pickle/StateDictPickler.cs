using DenseNetSharp.Checkpoints.Storage;
using static DenseNetSharp.Checkpoints.Pickle.PickleOpcode;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Writes a state dict as <c>torch.save</c> does: an OrderedDict of tensors, each contiguous in a storage of its
/// own, with <c>_metadata</c>. Storages are named 0, 1, 2, ... in the checkpoint's order.
/// </summary>
internal static class StateDictPickler
{
    /// <param name="checkpoint">The tensors.</param>
    /// <param name="stream">Where the pickle goes.</param>
    /// <param name="legacy">Whether persistent ids end with the view that only legacy files know.</param>
    public static void Write(Checkpoint checkpoint, Stream stream, bool legacy)
    {
        var pickle = new PickleWriter(stream);
        pickle.Start();
        WriteOrderedDict(pickle);
        pickle.Write(Mark);
        var index = 0;
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            pickle.WriteString(name);
            WriteTensor(pickle, tensor, StorageKey(index++), legacy);
        }

        pickle.Write(SetItems);
        WriteAttributes(pickle, checkpoint);
        pickle.Write(Stop);
    }

    public static string StorageKey(int index) => $"{index}";

    private static void WriteOrderedDict(PickleWriter pickle)
    {
        pickle.WriteGlobal("collections", "OrderedDict");
        pickle.Write(EmptyTuple);
        pickle.Write(Reduce);
    }

    private static void WriteTensor(PickleWriter pickle, CheckpointTensor tensor, string key, bool legacy)
    {
        pickle.WriteGlobal("torch._utils", "_rebuild_tensor_v2");
        pickle.Write(Mark);

        pickle.Write(Mark);
        pickle.WriteString("storage");
        pickle.WriteGlobal("torch", tensor.DataType.StorageClass());
        pickle.WriteString(key);
        pickle.WriteString("cpu");
        pickle.WriteNumber(tensor.ElementCount);
        if (legacy)
        {
            pickle.Write(None);
        }

        pickle.Write(PickleOpcode.Tuple);
        pickle.Write(BinPersId);

        // Storage offset, size, stride, requires_grad, backward hooks.
        pickle.WriteNumber(0);
        pickle.WriteNumbers(tensor.Shape);
        pickle.WriteNumbers(TensorLayout.Contiguous(tensor.Shape).Stride);
        pickle.Write(NewFalse);
        WriteOrderedDict(pickle);

        pickle.Write(PickleOpcode.Tuple);
        pickle.Write(Reduce);
    }

    private static void WriteAttributes(PickleWriter pickle, Checkpoint checkpoint)
    {
        pickle.Write(EmptyDict);
        pickle.Write(Mark);
        pickle.WriteString(PickleNames.ModuleMetadata);
        WriteModuleVersions(pickle, checkpoint.ModuleVersions ?? ModuleVersionTable.FromKeys(checkpoint.Tensors.Keys));
        if (checkpoint.Metadata.Count > 0)
        {
            pickle.WriteString(PickleNames.Metadata);
            WriteMetadata(pickle, checkpoint.Metadata);
        }

        pickle.Write(SetItems);
        pickle.Write(Build);
    }

    private static void WriteModuleVersions(PickleWriter pickle, IReadOnlyDictionary<string, int> versions)
    {
        WriteOrderedDict(pickle);
        pickle.Write(Mark);
        foreach (var (module, version) in versions)
        {
            pickle.WriteString(module);
            pickle.Write(EmptyDict);
            pickle.WriteString(PickleNames.Version);
            pickle.WriteNumber(version);
            pickle.Write(SetItem);
        }

        pickle.Write(SetItems);
    }

    private static void WriteMetadata(PickleWriter pickle, IReadOnlyDictionary<string, string> metadata)
    {
        pickle.Write(EmptyDict);
        pickle.Write(Mark);
        foreach (var (key, value) in metadata)
        {
            pickle.WriteString(key);
            pickle.WriteString(value);
        }

        pickle.Write(SetItems);
    }
}
