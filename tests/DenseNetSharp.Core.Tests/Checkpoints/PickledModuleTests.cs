using System.Diagnostics;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Whole modules, pickled by hand: what PyTorch's own state_dict would list, and what must be refused.</summary>
public sealed class PickledModuleTests
{
    [Fact]
    public void A_shared_module_appears_under_each_of_its_names()
    {
        var file = Leaf().Module(null, children => children.String("a").Text("h\0").String("b").Text("h\0"));

        Keys(file).Should().Equal("a.weight", "b.weight");
    }

    [Fact]
    public void Modules_that_share_children_again_and_again_are_refused_at_once()
    {
        var file = Leaf();
        for (byte i = 0; i < 60; i++)
        {
            var below = i;
            file.Module(null, children => children
                .String("a").Raw([(byte)'h', below]).String("b").Raw([(byte)'h', below])).Raw([(byte)'q', (byte)(i + 1)]);
        }

        Refuse(file.Finish(new float[6])).Message.Should().Contain("over and over");
    }

    [Fact]
    public void Many_parents_of_a_module_with_many_attributes_are_refused_at_once()
    {
        var file = new LegacyFileBuilder().Text("czoo\nNet\n)").Raw([0x81]).Text("}(");
        file.Repeat(200_000, (byte)'N', (byte)'N').Text("ubq\0").Module(null, children =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                children.String($"{i}").Text("h\0");
            }
        });

        Refuse(file.Finish()).Message.Should().Contain("over and over");
    }

    [Fact]
    public void Long_names_of_buffers_that_are_no_part_of_the_state_are_refused_at_once()
    {
        var file = new LegacyFileBuilder().Text("czoo\nNet\n)").Raw([0x81]).Text("}(").String("_parameters").Text("}");
        file.String("_modules").Text("}").String("_buffers").Text("}").String("_non_persistent_buffers_set");
        file.Raw([0x8f]).Text("(").String(new string('x', 10_000_000)).Text("q\0").Repeat(300_000, (byte)'h', 0);

        Refuse(file.Raw([0x90]).Text("ub").Finish()).Message.Should().Contain("over and over");
    }

    [Fact]
    public void A_module_that_contains_itself_is_refused()
    {
        var file = new LegacyFileBuilder().Text("czoo\nNet\n)").Raw([0x81]).Text("q\0}(").String("_parameters").Text("}");
        file.String("_modules").Text("}").String("me").Text("h\0sub");

        Refuse(file.Finish()).Message.Should().Contain("contain themselves");
    }

    [Fact]
    public void An_entry_without_tensors_gives_way_to_one_with_them()
    {
        var file = Leaf().Text("}").String("state_dict").Text("}s").String("model").Text("h\0s");

        Keys(file).Should().Equal("weight");
    }

    [Fact]
    public void State_beside_slots_is_state()
    {
        var file = new LegacyFileBuilder().Text("czoo\nNet\n)").Raw([0x81]).Text("}(").String("_parameters");
        file.Text("}").String("p").Tensor(6, 0, [6], [1]).Text("s").String("_modules").Text("}uN").Raw([0x86]).Text("b");

        Keys(file).Should().Equal("p");
    }

    [Fact]
    public void A_class_may_be_made_with_keywords_or_reconstructed()
    {
        var file = Leaf().Module(null, children => children
            .String("a").Text("ccopy_reg\n_reconstructor\n(czoo\nnet\nc__builtin__\nobject\nNtR}b")
            .String("b").Text("czoo\nnet\n)}").Raw([0x92]).String("c").Text("h\0"));

        Keys(file).Should().Equal("c.weight");
    }

    [Fact]
    public void Classes_may_be_keys_of_a_dictionary()
    {
        var file = Leaf().Text("}").String("callbacks").Text("}ctraining\n_EarlyStopping\nNss").String("model").Text("h\0s");

        Keys(file).Should().Equal("weight");
    }

    [Fact]
    public void A_module_without_tensors_is_refused() =>
        Refuse(new LegacyFileBuilder().Module(null, null).Finish()).Message.Should().Contain("without tensors");

    /// <summary>A module with one parameter, stored in the memo as 0 and left on the stack.</summary>
    private static LegacyFileBuilder Leaf() => new LegacyFileBuilder()
        .Module(parameters => parameters.String("weight").Tensor(6, 0, [2, 3], [3, 1]), null).Text("q\0");

    private static string[] Keys(LegacyFileBuilder file)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("x.pth", file.Finish([0, 1, 2, 3, 4, 5])));
        return [.. checkpoint.Tensors.Keys];
    }

    private static CheckpointFormatException Refuse(byte[] file)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pth", file);
        var watch = Stopwatch.StartNew();
        var error = Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        return error;
    }
}
