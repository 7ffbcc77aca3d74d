using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Core.Tests.Checkpoints;

[Collection(TorchFilesCollection.Name)]
public sealed class CheckpointWritingTests(TorchFiles files)
{
    private static readonly DenseNetSpec _small = new()
    {
        GrowthRate = 4,
        BlockConfig = [2, 3],
        InitFeatures = 6,
        BottleneckSize = 2,
        NumClasses = 5,
    };

    private static readonly (string Extension, CheckpointFormat Format)[] _formats =
    [
        ("zip.pth", CheckpointFormat.Zip),
        ("legacy.pth", CheckpointFormat.Legacy),
        ("safetensors", CheckpointFormat.Safetensors),
    ];

    [SkippableFact]
    public void PyTorch_reads_what_is_written_bit_for_bit_and_loads_it_strictly()
    {
        PythonReference.Require();
        using var folder = new TemporaryFolder();
        foreach (var (extension, format) in _formats)
        {
            Rewrite("densenet121.zip.pth", folder.File($"densenet121.{extension}"), format);
            Rewrite("dtypes.legacy.pth", folder.File($"dtypes.{extension}"), format);
            Rewrite("views.zip.pth", folder.File($"views.{extension}"), format);
            Standardize("small.python2.pth", folder.File($"small.python2.standard.{extension}"), format);
            Standardize("prefixed.zip.pth", folder.File($"prefixed.standard.{extension}"), format);
            Standardize("wrapped.legacy.pth", folder.File($"wrapped.standard.{extension}"), format);
            RenameOnly("small.python2.pth", folder.File($"no-counters.{extension}"), format);
            WriteWithVersionsOfSpec("small.zip.pth", folder.File($"spec-versions.{extension}"), format);
        }

        PythonReference.Run("Checkpoints/read_checkpoints.py", folder.Path, files.Folder).Should().Be("ok\n");
    }

    [SkippableFact]
    public void Metadata_and_order_survive_every_format()
    {
        using var source = files.Open("small.zip.pth");
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["classes"] = "cat\ndog", ["größe"] = "\"ü\" \\ 猫" };
        foreach (var (extension, format) in _formats)
        {
            new Checkpoint(source.Tensors, metadata).Save(folder.File($"x.{extension}"), format);

            using var read = Checkpoint.Open(folder.File($"x.{extension}"));
            read.Format.Should().Be(format);
            read.Metadata.Should().BeEquivalentTo(metadata);
            read.Tensors.Keys.Should().Equal(source.Tensors.Keys);
        }
    }

    [Fact]
    public void A_file_takes_its_place_whole_and_leaves_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pth", [1, 2, 3]);
        var checkpoint = new Checkpoint([new("a", CheckpointTensor.FromArray([1f, 2f], 2))]);

        checkpoint.Save(path, CheckpointFormat.Zip);

        Directory.GetFiles(folder.Path).Should().Equal(path);
        using var read = Checkpoint.Open(path);
        read.Tensors["a"].ToSingleArray().Should().Equal(1f, 2f);
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.pth");
        new Checkpoint([new("a", CheckpointTensor.FromArray([1f], 1))]).Save(path, CheckpointFormat.Legacy);
        var before = File.ReadAllBytes(path);
        var closed = Checkpoint.Open(path);
        closed.Dispose();

        closed.Invoking(c => c.Save(path, CheckpointFormat.Zip)).Should().Throw<ObjectDisposedException>();

        Directory.GetFiles(folder.Path).Should().Equal(path);
        File.ReadAllBytes(path).Should().Equal(before);
    }

    [SkippableFact]
    public void A_file_can_be_saved_over_itself_while_it_is_open()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows does not replace a file that is mapped.");
        using var folder = new TemporaryFolder();
        var path = folder.File("x.pth");
        new Checkpoint([new("a", CheckpointTensor.FromArray([1f, 2f, 3f], 3))]).Save(path, CheckpointFormat.Legacy);

        using (var open = Checkpoint.Open(path))
        {
            open.Save(path, CheckpointFormat.Zip);
            open.Tensors["a"].ToSingleArray().Should().Equal(1f, 2f, 3f);
        }

        using var read = Checkpoint.Open(path);
        read.Format.Should().Be(CheckpointFormat.Zip);
        read.Tensors["a"].ToSingleArray().Should().Equal(1f, 2f, 3f);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "nowhere", "x.pth");
        var checkpoint = new Checkpoint([new("a", CheckpointTensor.FromArray([1f], 1))]);

        checkpoint.Invoking(c => c.Save(path, CheckpointFormat.Zip))
            .Should().Throw<DirectoryNotFoundException>().WithMessage($"{path}*");
    }

    private void Rewrite(string source, string target, CheckpointFormat format)
    {
        using var checkpoint = files.Open(source);
        checkpoint.Save(target, format);
    }

    private void Standardize(string source, string target, CheckpointFormat format)
    {
        using var checkpoint = files.Open(source);
        DenseNetKeys.Standardize(checkpoint).Save(target, format);
    }

    private void RenameOnly(string source, string target, CheckpointFormat format)
    {
        using var checkpoint = files.Open(source);
        var names = DenseNetKeys.Map(checkpoint).Names;
        new Checkpoint(checkpoint.Tensors.Select(item => KeyValuePair.Create(names[item.Key], item.Value)))
            .Save(target, format);
    }

    private void WriteWithVersionsOfSpec(string source, string target, CheckpointFormat format)
    {
        using var checkpoint = files.Open(source);
        var versions = _small.Modules.ToDictionary(module => module.Name, module => module.Version);
        var metadata = new Dictionary<string, string> { ["classes"] = "a,b", ["größe"] = "ü" };
        new Checkpoint(checkpoint.Tensors, metadata, versions).Save(target, format);
    }
}
