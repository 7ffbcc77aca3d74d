using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>What a pickle may name and have called: harmless classes, as inert records, and nothing else.</summary>
public sealed class PickledFunctionsTests
{
    [Fact]
    public void A_function_that_would_run_a_command_is_refused_where_it_is_named() =>
        HostileFile.Refuse(new LegacyFileBuilder().Text("cos\nsystem\n").String("true").Raw([0x85]).Text("R").Finish())
            .Should().Match<CheckpointFormatException>(e =>
                e.Message.Contains("os.system") && e.Offset == LegacyFileBuilder.ObjectStart);

    [Theory]
    [InlineData("cbuiltins\neval\n", "builtins.eval")]
    [InlineData("ctorch\nload\n", "torch.load")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "_rebuild_tensor_v2.__globals__")]
    [InlineData("c\x1b[2J\nx\n", "\\x1b[2J.x")]
    [InlineData("ctorch\nFloatStorage\n)R", "torch.FloatStorage")]
    [InlineData("csubprocess\nPopen\n)R", "subprocess.Popen")]
    [InlineData("csubprocess\nPopen\n.", "subprocess.Popen")]
    [InlineData("ctypes\nFunctionType\n)R", "types.FunctionType")]
    [InlineData("ctypes\nFunctionType\n.", "types.FunctionType")]
    [InlineData("cmultiprocessing.pool\nPool\n)R", "multiprocessing.pool.Pool")]
    [InlineData("ctorch.jit\nCompilationUnit\n)R", "torch.jit.CompilationUnit")]
    [InlineData("ctraining\nTrainer.start\n)R", "training.Trainer.start")]
    [InlineData("ctraining\nos.Trainer\n)R", "training.os.Trainer")]
    [InlineData("ctorch.nn.functional\nrelu\n)R", "calls torch.nn.functional.relu")]
    [InlineData("c__builtin__\ngetattr\nNN\u0086R", "calls __builtin__.getattr")]
    [InlineData("c__builtin__\ngetattr\n}X\u0001\0\0\0a\u0086R", "calls __builtin__.getattr")]
    [InlineData("c__builtin__\ngetattr\ncos\nsystem\nX\u0001\0\0\0a\u0086R", "os.system")]
    [InlineData("c__builtin__\ngetattr\nca\nB\nX\u0001\0\0\0a\u0086R)R", "calls something that is no function")]
    [InlineData("c__builtin__\ngetattr\nca\nB\nX\u0001\0\0\0a\u0086R)\u0081", "makes an object of something that is no")]
    [InlineData("cbuiltins\ntype\n(X\u0001\0\0\0a)}tR", "calls builtins.type")]
    [InlineData("}c\n\n.", "asks for .,")]
    [InlineData("i", "opcode 0x69")]
    [InlineData("o", "opcode 0x6f")]
    [InlineData("\u0082", "opcode 0x82")]
    [InlineData("\u0097", "opcode 0x97")]
    [InlineData("P", "opcode 0x50")]
    public void Whatever_is_not_on_the_list_is_refused_by_name(string pickle, string named) =>
        HostileFile.Refuse(new LegacyFileBuilder().Raw(System.Text.Encoding.Latin1.GetBytes(pickle)).Finish())
            .Message.Should().Contain(named);

    [Theory]
    [InlineData("cos\nsystem\n.")]
    [InlineData("cos\nsystem\n)R")]
    [InlineData("cos\nsystem\nq\0h\0)R")]
    [InlineData("cos\nsystem\n0}")]
    [InlineData("cos\nsystem\n)\u0081cos\nsystem\n)R", 13)]
    [InlineData("X\u0002\0\0\0osX\u0006\0\0\0system\u0093.", 18)]
    [InlineData("X\u0002\0\0\0osX\u0006\0\0\0system\u0093)R", 18)]
    public void A_function_off_the_list_is_refused_where_it_is_named_whatever_is_done_with_it(string pickle, int place = 0)
    {
        var error = HostileFile.Refuse(new LegacyFileBuilder().Raw(System.Text.Encoding.Latin1.GetBytes(pickle)).Finish());

        error.Message.Should().Contain("os.system").And.EndWith("nothing was run.");
        error.Offset.Should().Be(LegacyFileBuilder.ObjectStart + place);
    }

    [Theory]
    [InlineData("ctraining\nTrainer\n)R)R", "calls something that is no function")]
    [InlineData("ctraining\nTrainer\n)\u00810ctraining\nstart\n", "training.start")]
    [InlineData("ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n)}tR", "os.system")]
    public void A_class_off_the_list_gives_nothing_that_can_be_called_and_brings_nothing_else_in(string pickle, string named) =>
        HostileFile.Refuse(new LegacyFileBuilder().Raw(System.Text.Encoding.Latin1.GetBytes(pickle)).Finish())
            .Message.Should().Contain(named);
}
