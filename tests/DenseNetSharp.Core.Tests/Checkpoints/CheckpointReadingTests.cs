using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

[Collection(TorchFilesCollection.Name)]
public sealed class CheckpointReadingTests(TorchFiles files)
{
    [SkippableTheory]
    [InlineData("densenet121.zip.pth", CheckpointFormat.Zip)]
    [InlineData("densenet121.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("densenet121.official.pth", CheckpointFormat.Legacy)]
    [InlineData("densenet161.official.pth", CheckpointFormat.Legacy)]
    [InlineData("densenet169.official.pth", CheckpointFormat.Legacy)]
    [InlineData("densenet201.official.pth", CheckpointFormat.Legacy)]
    [InlineData("small.zip.pth", CheckpointFormat.Zip)]
    [InlineData("small.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("small.python2.pth", CheckpointFormat.Legacy)]
    [InlineData("zip64.zip.pth", CheckpointFormat.Zip)]
    [InlineData("parameters.zip.pth", CheckpointFormat.Zip)]
    [InlineData("parameters.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-model.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-model.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("prefixed.zip.pth", CheckpointFormat.Zip)]
    [InlineData("prefixed.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("dtypes.zip.pth", CheckpointFormat.Zip)]
    [InlineData("dtypes.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("views.zip.pth", CheckpointFormat.Zip)]
    [InlineData("views.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("protocol4.zip.pth", CheckpointFormat.Zip)]
    [InlineData("protocol4.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("training.zip.pth", CheckpointFormat.Zip)]
    [InlineData("training.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("training4.zip.pth", CheckpointFormat.Zip)]
    [InlineData("training4.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-ema.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-ema.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-model-ema.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-model-ema.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("module.zip.pth", CheckpointFormat.Zip)]
    [InlineData("module.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("module4.zip.pth", CheckpointFormat.Zip)]
    [InlineData("module4.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("training5.zip.pth", CheckpointFormat.Zip)]
    [InlineData("training5.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-module.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-module.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("module-parallel.zip.pth", CheckpointFormat.Zip)]
    [InlineData("module-parallel.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("xray.zip.pth", CheckpointFormat.Zip)]
    [InlineData("xray.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("old-module.zip.pth", CheckpointFormat.Zip)]
    [InlineData("old-module.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("attributes.zip.pth", CheckpointFormat.Zip)]
    [InlineData("attributes.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("beside2.zip.pth", CheckpointFormat.Zip)]
    [InlineData("beside2.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("beside4.zip.pth", CheckpointFormat.Zip)]
    [InlineData("beside4.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("beside-unsupported.zip.pth", CheckpointFormat.Zip)]
    [InlineData("beside-unsupported.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("tuple.zip.pth", CheckpointFormat.Zip)]
    [InlineData("tuple.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("list.zip.pth", CheckpointFormat.Zip)]
    [InlineData("list.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-network.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-network.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-checkpoint.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-checkpoint.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("wrapped-unusual.zip.pth", CheckpointFormat.Zip)]
    [InlineData("wrapped-unusual.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("activations.zip.pth", CheckpointFormat.Zip)]
    [InlineData("activations.legacy.pth", CheckpointFormat.Legacy)]
    [InlineData("torchscript.pt", CheckpointFormat.Zip)]
    [InlineData("dtypes.dat", CheckpointFormat.TorchSharp)]
    [InlineData("small.dat", CheckpointFormat.TorchSharp)]
    public void Every_tensor_has_the_name_type_shape_and_bytes_that_PyTorch_wrote(string name, CheckpointFormat format)
    {
        using var checkpoint = files.Open(name);

        checkpoint.Format.Should().Be(format);
        checkpoint.Tensors.Select(item => Describe(item.Key, item.Value))
            .Should().Equal(files.Expected(name).Select(Describe));
    }

    [SkippableFact]
    public void No_file_that_PyTorch_wrote_is_left_out_of_these_tests()
    {
        PythonReference.Require();
        var tested = typeof(CheckpointReadingTests)
            .GetMethod(nameof(Every_tensor_has_the_name_type_shape_and_bytes_that_PyTorch_wrote))!
            .GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => ((IEnumerable<System.Reflection.CustomAttributeTypedArgument>)
                attribute.ConstructorArguments[0].Value!).First().Value);

        tested.Should().BeEquivalentTo(files.Names);
    }

    [SkippableTheory]
    [InlineData("dtypes.zip.pth")]
    [InlineData("dtypes.dat")]
    [InlineData("views.legacy.pth")]
    public void Every_floating_type_becomes_the_single_precision_that_PyTorch_gives(string name)
    {
        using var checkpoint = files.Open(name);

        foreach (var expected in files.Expected(name).Where(tensor => tensor.FloatSha256 is not null))
        {
            var values = checkpoint.Tensors[expected.Name].ToSingleArray();
            Hash(MemoryMarshal.AsBytes(values.AsSpan())).Should().Be(expected.FloatSha256, expected.Name);
        }
    }

    [SkippableTheory]
    [InlineData("small.zip.pth")]
    [InlineData("small.legacy.pth")]
    public void A_state_dict_brings_the_versions_of_its_modules(string name)
    {
        using var checkpoint = files.Open(name);

        var versions = checkpoint.ModuleVersions!;
        versions[""].Should().Be(1);
        versions["features.denseblock1"].Should().Be(2);
        versions["features.norm0"].Should().Be(2);
        versions["features.relu0"].Should().Be(1);
    }

    [SkippableTheory]
    [InlineData("densenet121.official.pth")]
    [InlineData("small.python2.pth")]
    public void A_file_as_old_as_the_official_ones_has_no_versions(string name)
    {
        using var checkpoint = files.Open(name);

        checkpoint.ModuleVersions.Should().BeNull();
    }

    [SkippableTheory]
    [InlineData("wrapped.zip.pth", "state_dict")]
    [InlineData("wrapped.legacy.pth", "state_dict")]
    [InlineData("wrapped-model.zip.pth", "model")]
    [InlineData("prefixed.legacy.pth", "model_state_dict")]
    [InlineData("small.zip.pth", null)]
    [InlineData("training.zip.pth", "net")]
    [InlineData("training4.legacy.pth", "net")]
    [InlineData("wrapped-ema.zip.pth", "ema")]
    [InlineData("wrapped-model-ema.legacy.pth", "model_ema.state_dict")]
    [InlineData("wrapped-module.zip.pth", "model")]
    [InlineData("wrapped-module.legacy.pth", "model")]
    [InlineData("wrapped-network.zip.pth", "network")]
    [InlineData("wrapped-checkpoint.legacy.pth", "checkpoint.state_dict")]
    [InlineData("wrapped-unusual.zip.pth", "my_classifier.model")]
    [InlineData("tuple.zip.pth", null)]
    [InlineData("list.legacy.pth", null)]
    [InlineData("module.zip.pth", null)]
    public void The_entry_of_a_training_scripts_file_that_holds_the_model_is_found(string name, string? wrapper)
    {
        using var checkpoint = files.Open(name);

        checkpoint.Wrapper.Should().Be(wrapper);
    }

    [SkippableFact]
    public void Plain_values_beside_the_model_become_metadata()
    {
        using var checkpoint = files.Open("wrapped.zip.pth");

        checkpoint.Metadata.Should().BeEquivalentTo(
            new Dictionary<string, string> { ["epoch"] = "3", ["arch"] = "densenet", ["best"] = "0.5" });
    }

    [SkippableTheory]
    [InlineData("training.zip.pth")]
    [InlineData("training.legacy.pth")]
    [InlineData("training4.zip.pth")]
    [InlineData("training4.legacy.pth")]
    [InlineData("training5.zip.pth")]
    public void NumPys_numbers_and_lists_of_strings_become_metadata_too(string name)
    {
        using var checkpoint = files.Open(name);

        checkpoint.Metadata.Should().Contain("epoch", "12");
        checkpoint.Metadata.Should().Contain("best", "0.75");
        checkpoint.Metadata.Should().Contain("loss", "0.5");
        checkpoint.Metadata.Should().Contain("improved", "True");
        checkpoint.Metadata.Should().Contain("classes", """["cat","dog"]""");
        checkpoint.Metadata.Should().Contain("large", BigInteger.Pow(2, 3000).ToString(CultureInfo.InvariantCulture));
        checkpoint.Metadata.Should().NotContainKeys("args", "optimizer", "counts", "bytes", "various", "history");
    }

    [SkippableTheory]
    [InlineData("xray.zip.pth")]
    [InlineData("xray.legacy.pth")]
    public void Plain_attributes_of_a_whole_module_become_metadata(string name)
    {
        using var checkpoint = files.Open(name);

        JsonSerializer.Deserialize<string[]>(checkpoint.Metadata["pathologies"])
            .Should().Equal("Atelectasis", "", "Größe");
        checkpoint.Metadata.Should().Contain("weights", "all").And.Contain("apply_sigmoid", "False");
        checkpoint.Metadata.Should().NotContainKeys("plain", "alias", "scratch", "no_parameter");
    }

    [SkippableFact]
    public void A_whole_module_has_no_versions()
    {
        using var checkpoint = files.Open("module.zip.pth");

        checkpoint.ModuleVersions.Should().BeNull();
    }

    [SkippableFact]
    public void Opening_a_file_of_110_MiB_allocates_little()
    {
        var path = files.PathOf("densenet161.official.pth");
        Checkpoint.Open(path).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var checkpoint = Checkpoint.Open(path);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        new FileInfo(path).Length.Should().BeGreaterThan(110 << 20);
        allocated.Should().BeLessThan(3 << 20);
    }

    [SkippableFact]
    public void Reading_after_the_checkpoint_is_disposed_is_refused()
    {
        var checkpoint = files.Open("small.zip.pth");
        var tensor = checkpoint.Tensors["classifier.bias"];
        checkpoint.Dispose();

        tensor.Invoking(t => t.ToSingleArray()).Should().Throw<ObjectDisposedException>();
    }

    [SkippableFact]
    public void Several_threads_read_the_same_tensor()
    {
        using var checkpoint = files.Open("views.zip.pth");
        var tensor = checkpoint.Tensors["permuted"];
        var expected = tensor.ToSingleArray();

        Parallel.For(0, 64, _ => tensor.ToSingleArray().Should().Equal(expected));
    }

    private static string Describe(ExpectedTensor tensor) =>
        $"{tensor.Name}: {tensor.Dtype} [{string.Join(", ", tensor.Shape)}] {tensor.Sha256}";

    private static string Describe(string name, CheckpointTensor tensor)
    {
        var bytes = new byte[tensor.ByteCount];
        tensor.CopyTo(bytes);
        return $"{name}: {tensor} {Hash(bytes)}";
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
