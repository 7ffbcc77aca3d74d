using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>
/// Files made to crash, hang or exhaust a reader. Each must be refused, quickly and with little memory.
/// </summary>
public sealed class HostilePickleTests
{
    [Fact]
    public void The_files_built_here_are_sound_when_nothing_is_wrong_with_them()
    {
        using var folder = new TemporaryFolder();
        var file = new LegacyFileBuilder()
            .Text("}").String("a").Tensor(6, 1, [2], [3]).Text("s").Finish([0, 1, 2, 3, 4, 5]);

        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file));

        checkpoint.Tensors["a"].ToSingleArray().Should().Equal(1f, 4f);
    }

    [Fact]
    public void A_part_of_a_storage_is_honoured_as_old_files_describe_it()
    {
        using var folder = new TemporaryFolder();
        var file = new LegacyFileBuilder()
            .Text("}").String("a").TensorOfPart(6, partOffset: 2, partElements: 3, offset: 1, size: 2).Text("s")
            .Finish([0, 1, 2, 3, 4, 5]);

        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file));

        checkpoint.Tensors["a"].ToSingleArray().Should().Equal(3f, 4f);
    }

    [Theory]
    [InlineData(2, 5, 0, 1)]
    [InlineData(-1, 3, 0, 1)]
    [InlineData(2, -1, 0, 1)]
    [InlineData(2, 3, 2, 2)]
    [InlineData(long.MaxValue, long.MaxValue, 0, 1)]
    public void A_part_outside_its_storage_is_refused(long partOffset, long partElements, long offset, long size) =>
        HostileFile.Refuse(new LegacyFileBuilder()
            .Text("}").String("a").TensorOfPart(6, partOffset, partElements, offset, size).Text("s")
            .Finish([0, 1, 2, 3, 4, 5]));

    [Theory]
    [InlineData("R")]
    [InlineData("b")]
    [InlineData("}(b")]
    [InlineData("s")]
    [InlineData("}s")]
    [InlineData("})s")]
    [InlineData("t")]
    [InlineData("}(u}u")]
    [InlineData("}(Nu")]
    [InlineData("]N(a")]
    [InlineData("NNa")]
    [InlineData("NR")]
    [InlineData("))R")]
    [InlineData("Q")]
    [InlineData(")Q")]
    [InlineData("(NNNNNtQ")]
    [InlineData("h\u0001")]
    [InlineData("q\u0001")]
    [InlineData("\u0087")]
    [InlineData("ccollections\nOrderedDict\nN\u0085R")]
    [InlineData("ccollections\nOrderedDict\n](]ea\u0085R")]
    [InlineData("ctorch._utils\n_rebuild_tensor\n)R")]
    [InlineData("")]
    [InlineData("U\u0001")]
    [InlineData("X\u0001\0\0\0\u00ff")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("\u0081")]
    [InlineData("})\u0081")]
    [InlineData("ca\nB\nN\u0081")]
    [InlineData("ca\nB\n)\u0092")]
    [InlineData("\u0093")]
    [InlineData("NN\u0093")]
    [InlineData("\u0094")]
    [InlineData("\u0090")]
    [InlineData("}(\u0090")]
    [InlineData("\u0091")]
    [InlineData("Nb")]
    [InlineData("]}b")]
    [InlineData("\u0080\u0006")]
    [InlineData("\u0080\u0001")]
    [InlineData("cbuiltins\nset\n)\u0085R")]
    [InlineData("ccopyreg\n_reconstructor\n)R")]
    [InlineData("c_codecs\nencode\nN\u0085R")]
    [InlineData("ctorch\nSize\n)R")]
    [InlineData("cbuiltins\nint\n)R")]
    [InlineData("(X\u0006\0\0\0moduleNNNtQ")]
    public void A_senseless_sequence_of_steps_is_refused(string pickle) =>
        HostileFile.Refuse(new LegacyFileBuilder().Raw(System.Text.Encoding.Latin1.GetBytes(pickle)).Finish());

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("U\u00ff")]
    [InlineData("\u008a\u00ff")]
    [InlineData("\u008b\u00ff\0\0\0")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008c\u00ff")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u0096\u0000\u0000\u0000\u0000\u0001\u0000\u0000\u0000")]
    [InlineData("B\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("C\u00ff")]
    public void A_string_or_number_longer_than_the_file_is_refused_without_reserving_room(string pickle)
    {
        var file = new LegacyFileBuilder().Raw(System.Text.Encoding.Latin1.GetBytes(pickle)).Finish();

        HostileFile.Refuse(file, mostAllocatedBytes: 1 << 20).Message.Should().Contain("ends too early");
    }

    [Theory]
    [InlineData(6, 0, new long[] { 7 }, new long[] { 1 })]
    [InlineData(6, 5, new long[] { 2 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 2 }, new long[] { 6 })]
    [InlineData(6, -1, new long[] { 2 }, new long[] { 1 })]
    [InlineData(6, 5, new long[] { 2 }, new long[] { -1 })]
    [InlineData(6, 0, new long[] { -2 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 })]
    [InlineData(6, long.MaxValue, new long[] { 2 }, new long[] { long.MaxValue })]
    [InlineData(6, 0, new long[] { long.MaxValue, long.MaxValue }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(6, 0, new long[] { 1L << 40 }, new long[] { 0 })]
    [InlineData(6, 0, new long[] { 1L << 40, 1L << 40, 1L << 40 }, new long[] { 0, 0, 0 })]
    [InlineData(0, 0, new long[] { 1 }, new long[] { 1 })]
    public void A_tensor_outside_its_storage_is_refused(long elements, long offset, long[] shape, long[] stride) =>
        HostileFile.Refuse(new LegacyFileBuilder()
            .Text("}").String("a").Tensor(elements, offset, shape, stride).Text("s").Finish(new float[elements]))
            .Message.Should().Contain("A tensor ");

    [Fact]
    public void An_empty_tensor_may_lie_anywhere()
    {
        using var folder = new TemporaryFolder();
        var file = new LegacyFileBuilder()
            .Text("}").String("a").Tensor(2, long.MaxValue, [0, long.MaxValue], [1, 1]).Text("s").Finish(new float[2]);

        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file));

        checkpoint.Tensors["a"].ToSingleArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData(6, 5)]
    [InlineData(6, 7)]
    [InlineData(-1, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(1L << 40, 1L << 40)]
    public void A_storage_that_is_not_as_large_as_it_says_is_refused(long inPickle, long beforeData) =>
        HostileFile.Refuse(new LegacyFileBuilder()
            .Text("}").String("a").Tensor(inPickle, 0, [1], [1]).Text("s").Finish(new float[6], beforeData));

    [Fact]
    public void A_storage_that_is_described_twice_differently_is_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder()
            .Text("}").String("a").Tensor(6, 0, [6], [1]).Text("s")
            .String("b").Tensor(5, 0, [1], [1]).Text("s").Finish(new float[6]))
            .Message.Should().Contain("described twice");

    [Fact]
    public void A_dictionary_that_contains_itself_ends_the_search_for_a_state_dict() =>
        HostileFile.Refuse(new LegacyFileBuilder().Text("}q\0").String("state_dict").Text("h\0s").Finish());

    [Fact]
    public void A_list_that_contains_itself_is_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder().Text("]q\0h\0a").Finish());

    [Fact]
    public void A_tuple_nested_a_million_times_does_not_exhaust_the_stack() =>
        HostileFile.Refuse(new LegacyFileBuilder().Text("}N").Repeat(1_000_000, 0x85).Text("Ns").Finish());

    [Fact]
    public void A_million_open_groups_are_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder().Repeat(1_000_000, (byte)'(').Finish());

    [Fact]
    public void A_pickle_of_too_many_steps_is_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder().Repeat(2_100_000, (byte)'}').Finish()).Message.Should().Contain("steps");

    [Fact]
    public void One_list_copied_into_many_dictionaries_is_refused()
    {
        var file = new LegacyFileBuilder().Text("ccollections\nOrderedDict\nq\u0001]q\u0002(]NaNaq\u0003");
        file.Repeat(100_000, (byte)'h', 3).Text("e").Raw([0x85, (byte)'q', 4]);
        file.Repeat(100_000, (byte)'h', 1, (byte)'h', 4, (byte)'R');

        HostileFile.Refuse(file.Finish()).Message.Should().Contain("over and over");
    }

    [Fact]
    public void Long_names_that_are_used_over_and_over_take_little_memory()
    {
        var file = new LegacyFileBuilder().Text("}");
        file.String(new string('m', 256)).Text("q\0").String(new string('N', 256)).Raw([(byte)'q', 1]);
        file.Repeat(200_000, (byte)'h', 0, (byte)'h', 1, 0x93, (byte)'0');

        HostileFile.Refuse(file.Text("00").Finish()).Message.Should().Contain("without tensors");
    }

    [Fact]
    public void A_tensor_whose_name_is_absurdly_long_is_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder().Text("}").String(string.Concat(Enumerable.Repeat("module.", 1_000_000)))
            .Tensor(6, 0, [6], [1]).Text("s").Finish(new float[6]))
            .Message.Should().Contain("has 7000000 characters").And.MatchRegex("^.{1,1000}$");

    [Fact]
    public void A_long_name_of_many_values_is_refused()
    {
        var file = new LegacyFileBuilder().Text("}").String("a").Tensor(6, 0, [6], [1]).Text("s(");
        file.String(new string('x', 10_000_000)).Text("q\0N").Repeat(300_000, (byte)'h', 0, (byte)'K', 1);

        HostileFile.Refuse(file.Text("u").Finish(new float[6])).Message.Should().Contain("over and over");
    }

    [Fact]
    public void A_long_name_of_a_storage_that_is_looked_up_many_times_is_refused()
    {
        var file = new LegacyFileBuilder().Text("(").String("storage").Text("ctorch\nFloatStorage\n");
        file.String(new string('x', 10_000_000)).String("cpu").Number(6).Text("Ntq\0");

        HostileFile.Refuse(file.Repeat(300_000, (byte)'h', 0, (byte)'Q', (byte)'0').Finish(new float[6]))
            .Message.Should().Contain("no storage");
    }

    [Fact]
    public void Versions_that_take_long_to_look_up_are_refused()
    {
        var file = new LegacyFileBuilder().Text("}").String("a").Tensor(6, 0, [6], [1]).Text("s}").String("_metadata");
        file.Text("}(N}q\0(").Repeat(100_000, (byte)'N', (byte)'N').Text("u");
        file.Repeat(100_000, (byte)'U', 1, (byte)'x', (byte)'h', 0);

        HostileFile.Refuse(file.Text("usb").Finish(new float[6])).Message.Should().Contain("over and over");
    }

    [Fact]
    public void One_long_text_listed_many_times_is_refused()
    {
        var file = new LegacyFileBuilder().Text("}").String("a").Tensor(6, 0, [6], [1]).Text("s");
        file.String("labels").Text("](").String(new string('x', 100_000)).Text("q\0").Repeat(100_000, (byte)'h', 0);

        HostileFile.Refuse(file.Text("es").Finish(new float[6])).Message.Should().Contain("over and over");
    }

    [Fact]
    public void An_integer_that_would_take_long_to_print_is_refused() =>
        HostileFile.Refuse(new LegacyFileBuilder().Raw([0x8b, 0, 0, 1, 0]).Repeat(1 << 16, 0x7f).Finish())
            .Message.Should().Contain("65536 bytes");

    [Fact]
    public void A_pickle_of_too_many_tensors_is_refused()
    {
        var file = new LegacyFileBuilder().Tensor(6, 0, [6], [1]).Text("0");
        file.Text("ctorch._utils\n_rebuild_tensor\nq\0((").String("storage").Text("ctorch\nFloatStorage\n");
        file.String("s").String("cpu").Number(6).Text("NtQ").Number(0).Text("(").Number(6).Text("t(").Number(1);
        file.Text("ttq\u0001").Repeat(100_000, (byte)'h', 0, (byte)'h', 1, (byte)'R', (byte)'0');

        HostileFile.Refuse(file.Finish(new float[6])).Message.Should().Contain("100000 tensors");
    }

    [Theory]
    [InlineData("neg")]
    [InlineData("conj")]
    public void A_tensor_whose_elements_are_to_be_changed_on_reading_is_refused(string how) =>
        HostileFile.Refuse(WithMetadata(file => file.String(how).Raw([0x88])).Finish(new float[6]))
            .Message.Should().Contain($"'{how}'");

    [Fact]
    public void A_tensor_may_have_metadata_that_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var file = WithMetadata(metadata => metadata.String("neg").Raw([0x89])).Finish([0, 1, 2, 3, 4, 5]);

        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file));

        checkpoint.Tensors["a"].ToSingleArray().Should().Equal(0f, 1f);
    }

    [Fact]
    public void One_large_metadata_of_many_tensors_is_refused()
    {
        var file = new LegacyFileBuilder().Text("}(").Repeat(100_000, (byte)'N', (byte)'N').Text("uq\u00010");
        file.Text("ctorch._utils\n_rebuild_tensor_v2\nq\0(");
        TensorArguments(file).Raw([(byte)'h', 1]).Text("tq\u0002").Repeat(50_000, (byte)'h', 0, (byte)'h', 2, (byte)'R');

        HostileFile.Refuse(file.Finish(new float[6])).Message.Should().Contain("over and over");
    }

    [Fact]
    public void Expanded_tensors_that_are_small_only_one_by_one_are_refused()
    {
        var file = new LegacyFileBuilder().Text("}(");
        for (var i = 0; i < 1000; i++)
        {
            file.String($"{i}").Tensor(6, 0, [1 << 20], [0]);
        }

        HostileFile.Refuse(file.Text("u").Finish(new float[6])).Message.Should().Contain("4194304000 bytes together");
    }

    [Fact]
    public void A_few_expanded_tensors_open()
    {
        using var folder = new TemporaryFolder();
        var file = new LegacyFileBuilder().Text("}(");
        for (var i = 0; i < 50; i++)
        {
            file.String($"{i}").Tensor(6, 0, [1 << 20], [0]);
        }

        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file.Text("u").Finish(new float[6])));

        checkpoint.Tensors.Should().HaveCount(50);
    }

    [Fact]
    public void Entries_that_are_searched_over_and_over_are_refused()
    {
        string[] wrappers = ["state_dict", "model_state_dict", "model", "net", "network", "weights", "params"];
        var file = new LegacyFileBuilder().Text("}q\0(");
        file.Repeat(1000, (byte)'N', (byte)'N');
        foreach (var wrapper in wrappers)
        {
            file.String(wrapper).Text("h\0");
        }

        HostileFile.Refuse(file.Text("u").Finish()).Message.Should().Contain("over and over");
    }

    [Fact]
    public void A_tensor_of_too_many_dimensions_is_refused()
    {
        var ones = Enumerable.Repeat(1L, 100_000).ToArray();

        HostileFile.Refuse(new LegacyFileBuilder().Text("}").String("a").Tensor(6, 0, ones, ones).Text("s").Finish(new float[6]))
            .Message.Should().Contain("dimensions");
    }

    private static LegacyFileBuilder WithMetadata(Action<LegacyFileBuilder> item)
    {
        var file = TensorArguments(new LegacyFileBuilder()
            .Text("}").String("a").Text("ctorch._utils\n_rebuild_tensor_v2\n(")).Text("}");
        item(file);
        return file.Text("stRs");
    }

    /// <summary>What _rebuild_tensor_v2 takes, for two elements of the storage 's', without the metadata.</summary>
    private static LegacyFileBuilder TensorArguments(LegacyFileBuilder file)
    {
        file.Text("(").String("storage").Text("ctorch\nFloatStorage\n").String("s").String("cpu").Number(6).Text("NtQ");
        return file.Number(0).Text("(").Number(2).Text("t(").Number(1).Text("t").Raw([0x89]).Text("}");
    }
}
