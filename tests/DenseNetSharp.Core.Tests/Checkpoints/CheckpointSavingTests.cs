using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

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

    [SkippableFact]
    public void A_pipe_or_device_is_neither_written_nor_read_nor_waited_for()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The pipe is made with mkfifo.");
        using var folder = new TemporaryFolder();
        var (pipe, link) = (folder.File("pipe"), folder.File("link"));
        System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExit();
        File.CreateSymbolicLink(link, pipe);

        foreach (var path in new[] { pipe, link })
        {
            var save = () => Save(path);
            save.Should().Throw<IOException>().WithMessage($"{path}*device or a pipe*");
        }

        foreach (var path in new[] { pipe, link, "/dev/null", "/dev/zero" })
        {
            var open = () => Checkpoint.Open(path);
            open.Should().Throw<CheckpointFormatException>().WithMessage($"{path}*pipe or device*");
        }

        Directory.GetFileSystemEntries(folder.Path).Should().BeEquivalentTo([pipe, link]);
        new FileInfo(pipe).Length.Should().Be(0);
    }

    [Fact]
    public void An_empty_file_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("empty.pth", []);

        Save(path);

        using var saved = Checkpoint.Open(path);
        saved.Tensors["weight"].ToSingleArray().Should().Equal(_values);
    }

    [SkippableFact]
    public void A_file_that_cannot_be_written_is_named_and_no_temporary_one()
    {
        Skip.IfNot(Directory.Exists("/proc"), "There is no folder that nobody can write to.");

        var save = () => Save("/proc/x.pth");

        save.Should().Throw<IOException>().Which.Message.Should().StartWith("/proc/x.pth cannot be written").And.NotContain(".tmp");
    }

    [SkippableTheory]
    [InlineData(16)]
    [InlineData(1 << 20)]
    public void A_file_that_became_shorter_while_it_was_open_is_refused(int elements)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows does not shorten a file that is open.");
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        new Checkpoint([new("weight", CheckpointTensor.FromArray(new float[elements], elements))]).Save(path);
        using var checkpoint = Checkpoint.Open(path);

        // As another process would, which knows of no lock.
        System.Diagnostics.Process.Start("truncate", ["-s", "90", path]).WaitForExit();

        var read = () => checkpoint.Tensors["weight"].ToSingleArray();
        read.Should().Throw<CheckpointFormatException>().WithMessage("*shorter*");
    }

    private static void Save(string path)
    {
        using var checkpoint = new Checkpoint([new("weight", CheckpointTensor.FromArray(_values, 3))]);
        checkpoint.Save(path, CheckpointFormat.Zip);
    }
}
