using System.Security.Cryptography;
using System.Text.Json;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Hdf5;
using DenseNetSharp.Classification;
using DenseNetSharp.Inference;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Hdf5.Tests;

public sealed class KerasWeightsTests(KerasFiles files) : IClassFixture<KerasFiles>
{
    private const double Tolerance = 2e-5;

    private sealed record Weight(string Name, string Dtype, long[] Shape, string Sha256);

    [SkippableTheory]
    [InlineData("applications.h5")]
    [InlineData("notop.h5")]
    [InlineData("variable.h5")]
    [InlineData("divided.h5")]
    [InlineData("latest.h5")]
    [InlineData("chunked.h5")]
    [InlineData("gzip.h5")]
    [InlineData("half.h5")]
    [InlineData("double.h5")]
    [InlineData("saved.h5")]
    [InlineData("softmax.h5")]
    [InlineData("nested.h5")]
    [InlineData("deep.h5")]
    public void Every_weight_has_the_name_type_shape_and_bytes_that_were_written(string file)
    {
        using var checkpoint = KerasWeights.Open(files[file]);

        checkpoint.Path.Should().Be(files[file]);
        checkpoint.Format.Should().BeNull();
        checkpoint.Metadata.Should().Contain("backend", "tensorflow").And.Contain("keras_version", "2.1.5");
        checkpoint.Tensors.Select(item => $"{item.Key}: {item.Value} {Hash(item.Value)}")
            .Should().Equal(Manifest()[file].Select(item => $"{item.Name}: {item.Dtype} [{string.Join(", ", item.Shape)}] {item.Sha256}"));
    }

    [SkippableTheory]
    [InlineData("applications.h5", "tiny")]
    [InlineData("variable.h5", "tiny")]
    [InlineData("divided.h5", "tiny")]
    [InlineData("latest.h5", "tiny")]
    [InlineData("gzip.h5", "tiny")]
    [InlineData("half.h5", "half")]
    [InlineData("double.h5", "tiny")]
    [InlineData("saved.h5", "tiny")]
    [InlineData("nested.h5", "tiny")]
    [InlineData("deep.h5", "deep")]
    public void The_logits_are_those_of_PyTorchs_network_with_the_same_weights(string file, string network)
    {
        using var expected = Checkpoint.Open(files[$"{network}.expected.pth"]);
        using var checkpoint = KerasWeights.Open(files[file]);

        using var engine = FusedDenseNet.Load(checkpoint);

        engine.Spec.BatchNormEpsilon.Should().Be(1.001e-5);
        var logits = new float[2 * engine.NumClasses];
        engine.Predict(expected.Tensors["input"].ToSingleArray(), 2, 64, logits);
        ShouldBeNear(logits, expected.Tensors["logits"]);
    }

    [SkippableFact]
    public void Without_the_top_there_are_features()
    {
        using var expected = Checkpoint.Open(files["tiny.expected.pth"]);
        using var checkpoint = KerasWeights.Open(files["notop.h5"]);

        using var engine = FusedDenseNet.Load(checkpoint);

        engine.NumClasses.Should().Be(0);
        var features = new float[2 * engine.FeatureCount];
        engine.PredictFeatures(expected.Tensors["input"].ToSingleArray(), 2, 64, features);
        ShouldBeNear(features, expected.Tensors["features"]);
    }

    [SkippableTheory]
    [InlineData("saved.h5", ClassificationTask.Multilabel, "the file's 'task'")]
    [InlineData("softmax.h5", ClassificationTask.Multiclass, "the file's 'task'")]
    [InlineData("applications.h5", ClassificationTask.Multiclass, null)]
    public void The_last_layers_activation_says_what_the_outputs_mean(string file, ClassificationTask task, string? source)
    {
        using var checkpoint = KerasWeights.Open(files[file]);

        var described = DescribedCheckpoint.Of(checkpoint);

        described.Task.Should().Be(task);
        described.TaskSource.Should().Be(source);
    }

    [SkippableFact]
    public void A_description_beside_the_file_is_found()
    {
        var folder = Directory.CreateDirectory(files["described"]).FullName;
        File.Copy(files["applications.h5"], Path.Combine(folder, "model.h5"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"label_names": ["a", "b", "c", "d", "e", "f", "g"]}""");
        using var checkpoint = KerasWeights.Open(Path.Combine(folder, "model.h5"));

        DescribedCheckpoint.Of(checkpoint).Labels.Should().Equal("a", "b", "c", "d", "e", "f", "g");
    }

    [SkippableFact]
    public void Any_other_checkpoint_opens_as_ever()
    {
        using var checkpoint = KerasWeights.Open(files["tiny.expected.pth"]);

        checkpoint.Format.Should().Be(CheckpointFormat.Zip);
        checkpoint.Tensors.Keys.Should().Equal("input", "logits", "features");
    }

    [SkippableTheory]
    [InlineData("model.keras", "is a Keras 3 archive (.keras), which is not read; in Python ")]
    [InlineData("no-names.h5", "is HDF5, but not a Keras model's weights: it has no 'layer_names'.")]
    [InlineData("keras3.weights.h5", "is Keras 3's .weights.h5, in which weights have numbers in place of names; in Python model.save('model.h5') writes what is read")]
    [InlineData("empty.h5", "its layers have no weights.")]
    [InlineData("cut.h5", "The file ends too early: it is HDF5 of ")]
    [InlineData("start.h5", "is damaged, or HDF5 of a kind that is not read (")]
    [InlineData("big-endian.h5", "is damaged, or HDF5 of a kind that is not read (Byte order conversion")]
    [InlineData("no-weight-names.h5", "The layer 'fc1000' has no 'weight_names'.")]
    [InlineData("twice.h5", "Two weights are named 'fc1000/kernel:0'.")]
    [InlineData("long-name.h5", "The name of a tensor has 2007 characters")]
    [InlineData("absent.h5", "is damaged, or HDF5 of a kind that is not read (")]
    [InlineData("complex.h5", "The weight 'fc1000/kernel:0' has elements of HDF5's type Compound of 8 bytes, which is not supported.")]
    [InlineData("text.h5", "The weight 'fc1000/kernel:0' has elements of HDF5's type String of 3 bytes, which is not supported.")]
    [InlineData("huge.h5", "The weight 'fc1000/kernel:0' of shape [1048576, 1048576] is larger than the file can hold.")]
    [InlineData("overflowing.h5", "The weight 'fc1000/kernel:0' of shape [2147483648, 2147483648, 2147483648] is larger than the file can hold.")]
    public void What_is_not_Kerass_weights_is_refused_in_a_sentence(string file, string reason)
    {
        var open = () => KerasWeights.Open(files[file]).Dispose();

        open.Should().Throw<CheckpointFormatException>().Which.Message.Should().StartWith(files[file]).And.Contain(reason).And.EndWith(".");
    }

    [SkippableFact]
    public void Another_networks_weights_are_no_DenseNets()
    {
        using var checkpoint = KerasWeights.Open(files["other.h5"]);

        checkpoint.Invoking(opened => DenseNetSpec.Infer(opened)).Should().Throw<InvalidDataException>().WithMessage($"{files["other.h5"]}*");
    }

    [SkippableFact]
    public void A_file_cut_short_is_refused_wherever_it_ends()
    {
        var whole = File.ReadAllBytes(files["applications.h5"]);
        var path = files["shorter.h5"];
        for (var length = whole.Length - 1; length > 8; length -= 997)
        {
            File.WriteAllBytes(path, whole[..length]);

            FluentActions.Invoking(() => KerasWeights.Open(path)).Should().Throw<CheckpointFormatException>();
        }
    }

    [SkippableFact]
    public void The_library_itself_says_which_package_reads_the_file() =>
        FluentActions.Invoking(() => Checkpoint.Open(files["applications.h5"])).Should().Throw<CheckpointFormatException>()
            .WithMessage("*HDF5*KerasWeights.Open*DenseNetSharp.Hdf5*");

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_are_named()
    {
        using var folder = new TemporaryFolder();

        FluentActions.Invoking(() => KerasWeights.Open(folder.File("x.h5"))).Should().Throw<FileNotFoundException>().WithMessage("*x.h5*");
        FluentActions.Invoking(() => KerasWeights.Open(folder.Path)).Should().Throw<IOException>().WithMessage("*is a folder*");
    }

    private static string Hash(CheckpointTensor tensor)
    {
        var bytes = new byte[tensor.ByteCount];
        tensor.CopyTo(bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static void ShouldBeNear(float[] actual, CheckpointTensor expected)
    {
        var values = expected.ToSingleArray();
        actual.Should().HaveSameCount(values).And.NotContain(value => float.IsNaN(value));
        actual.Zip(values, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThanOrEqualTo((float)(Tolerance * values.Max(Math.Abs)));
    }

    private Dictionary<string, Weight[]> Manifest() =>
        JsonSerializer.Deserialize<Dictionary<string, Weight[]>>(File.ReadAllText(files["manifest.json"]), JsonSerializerOptions.Web)!;
}
