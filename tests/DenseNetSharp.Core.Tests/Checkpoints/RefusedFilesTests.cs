using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Files that PyTorch or Python wrote and that must not be opened.</summary>
[Collection(TorchFilesCollection.Name)]
public sealed class RefusedFilesTests(TorchFiles files)
{
    [SkippableTheory]
    [InlineData("evil.zip.pth", "posix.system")]
    [InlineData("evil.legacy.pth", "posix.system")]
    [InlineData("evil-value.zip.pth", "posix.system")]
    [InlineData("evil-value.legacy.pth", "posix.system")]
    [InlineData("evil-module.zip.pth", "torch.serialization.load")]
    [InlineData("evil-module.legacy.pth", "torch.serialization.load")]
    [InlineData("evil-eval.zip.pth", "__builtin__.eval")]
    [InlineData("evil-eval.legacy.pth", "__builtin__.eval")]
    [InlineData("evil-process.zip.pth", "commands.Popen")]
    [InlineData("evil-process.legacy.pth", "commands.Popen")]
    [InlineData("evil-process-value.zip.pth", "commands.Popen")]
    [InlineData("evil-process-value.legacy.pth", "commands.Popen")]
    [InlineData("evil-library.zip.pth", "ctypes.CDLL")]
    [InlineData("evil-library.legacy.pth", "ctypes.CDLL")]
    [InlineData("evil-hub.zip.pth", "torch.hub.load")]
    [InlineData("evil-hub.legacy.pth", "torch.hub.load")]
    public void A_class_or_function_off_the_list_is_refused_by_name_and_offset(string name, string global)
    {
        var error = Refuse(name);

        error.Message.Should().Contain(global);
        var bytes = File.ReadAllBytes(files.PathOf(name));
        ((char)bytes[(int)error.Offset!]).Should().Be('c', "that is the opcode GLOBAL");
        System.Text.Encoding.Latin1.GetString(bytes.AsSpan((int)error.Offset + 1)).Replace('\n', '.')
            .Should().StartWith(global);
    }

    [SkippableTheory]
    [InlineData("no-dictionary.zip.pth", "no dictionary of tensors")]
    [InlineData("no-dictionary.legacy.pth", "no dictionary of tensors")]
    [InlineData("no-tensors.zip.pth", "a dictionary without tensors")]
    [InlineData("no-tensors.legacy.pth", "a dictionary without tensors")]
    [InlineData("no-tensors.zip.pth", "its keys are 'epoch'. A model is looked for under state_dict, ")]
    [InlineData("two-models.zip.pth", "several networks, under 'generator', 'discriminator'; save the one")]
    [InlineData("two-in-list.legacy.pth", "but a list in which not exactly one item has tensors by name.")]
    [InlineData("tensor.zip.pth", "but a single tensor.")]
    [InlineData("evil-attribute.zip.pth", "calls something that is no function")]
    [InlineData("evil-attribute.legacy.pth", "calls something that is no function")]
    [InlineData("protocol0.zip.pth", "protocol 0 or 1 is not supported; save the file again with torch.save's default.")]
    [InlineData("protocol1.zip.pth", "protocol 0 or 1 is not supported; save the file again with torch.save's default.")]
    [InlineData("unsupported-complex.zip.pth", "The tensor 'complex' lies in a ComplexFloatStorage, which is not supported.")]
    [InlineData("unsupported-complex.legacy.pth", "The tensor 'complex' lies in a ComplexFloatStorage, which is not supported.")]
    [InlineData("unsupported-sparse.zip.pth", "The tensor 'sparse' is made by torch._utils._rebuild_sparse_tensor, which is not supported.")]
    [InlineData("unsupported-sparse.legacy.pth", "The tensor 'sparse' is made by torch._utils._rebuild_sparse_tensor, which is not supported.")]
    [InlineData("unsupported-quantized.zip.pth", "The tensor 'quantized' is made by torch._utils._rebuild_qtensor, which is not supported.")]
    [InlineData("unsupported-quantized.legacy.pth", "The tensor 'quantized' is made by torch._utils._rebuild_qtensor, which is not supported.")]
    [InlineData("unsupported-meta.zip.pth", "The tensor 'meta' is made by torch._utils._rebuild_meta_tensor_no_storage, which is not supported.")]
    [InlineData("unsupported-meta.legacy.pth", "The tensor 'meta' is made by torch._utils._rebuild_meta_tensor_no_storage, which is not supported.")]
    [InlineData("big-endian.zip.pth", "big-endian")]
    [InlineData("big-endian.legacy.pth", "big-endian")]
    [InlineData("compressed.zip.pth", "is compressed or encrypted")]
    [InlineData("parent-name.zip.pth", "'a/../../evil' has a name that leads out of the archive")]
    [InlineData("absolute-name.zip.pth", "'/evil' has a name that leads out of the archive")]
    [InlineData("drive-name.zip.pth", "'c:/evil' has a name that leads out of the archive")]
    [InlineData("backslash-name.zip.pth", "characters that no checkpoint's has")]
    [InlineData("control-name.zip.pth", "'a\\x1b[2J' has a name with characters")]
    [InlineData("overlap.zip.pth", "overlaps")]
    [InlineData("missing-storage.zip.pth", "data/3'")]
    [InlineData("short-storage.zip.pth", "bytes where its storage needs")]
    [InlineData("no-pickle.zip", "0 entries named FOLDER/data.pkl")]
    [InlineData("twice.zip.pth", "two entries named")]
    public void A_file_that_holds_no_readable_state_dict_is_refused_for_its_reason(string name, string reason) =>
        Refuse(name).Message.Should().StartWith(files.PathOf(name)).And.Contain(reason);

    private CheckpointFormatException Refuse(string name)
    {
        var path = files.PathOf(name);
        var error = Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));
        error.Offset.Should().BeInRange(0, new FileInfo(path).Length);
        return error;
    }
}
