using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Tests.Checkpoints;

public sealed class CheckpointSavingTests
{
    private static readonly float[] _values = [1, 2, 3];

    [Fact]
    public void A_symbolic_link_stays_one_and_its_target_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var (target, link) = (folder.File("target.pth"), folder.File("link.pth"));
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);

        Save(link);

        new FileInfo(link).LinkTarget.Should().Be(target);
        using var saved = Checkpoint.Open(target);
        saved.Tensors["weight"].ToSingleArray().Should().Equal(_values);
    }

    [Fact]
    public void Nothing_but_the_file_is_left_behind()
    {
        using var folder = new TemporaryFolder();

        Save(folder.File("a.pth"));
        Save(folder.File("a.pth"));

        Directory.GetFileSystemEntries(folder.Path).Should().Equal(folder.File("a.pth"));
    }

    [Fact]
    public void A_folder_is_neither_written_nor_read()
    {
        using var folder = new TemporaryFolder();

        var save = () => Save(folder.Path);
        var open = () => Checkpoint.Open(folder.Path);
        var saveBelowNothing = () => Save(folder.File("missing/a.pth"));

        save.Should().Throw<IOException>().WithMessage($"*{folder.Path}*folder*");
        open.Should().Throw<IOException>().WithMessage($"*{folder.Path}*folder*");
        saveBelowNothing.Should().Throw<DirectoryNotFoundException>().WithMessage("*a.pth*folder does not exist*");
        Directory.GetFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    private static void Save(string path)
    {
        using var checkpoint = new Checkpoint([new("weight", CheckpointTensor.FromArray(_values, 3))]);
        checkpoint.Save(path, CheckpointFormat.Zip);
    }
}
