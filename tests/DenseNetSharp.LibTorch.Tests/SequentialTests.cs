using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class SequentialTests
{
    [Fact]
    public void Modules_are_named_as_given_or_by_number()
    {
        using var named = nn.Sequential(("norm", nn.BatchNorm2d(1)), ("conv", nn.Conv2d(1, 1, 1, bias: false)));
        using var numbered = nn.Sequential(nn.Linear(1, 1, false), nn.ReLU(), nn.Linear(1, 1, false));
        numbered.append("last", nn.Identity()).append(nn.Identity());

        named.state_dict().Keys.Should().Equal(
            "norm.weight", "norm.bias", "conv.weight", "norm.running_mean", "norm.running_var",
                "norm.num_batches_tracked");
        numbered.named_children().Select(entry => entry.name).Should().Equal("0", "1", "2", "last", "4");
        numbered.Count.Should().Be(5);
        numbered[1].Should().BeOfType<ReLU>();
        numbered[1..3].named_children().Select(entry => entry.name).Should().Equal("1", "2");
        numbered[(null, 2)].Count.Should().Be(2);
    }

    [Fact]
    public void A_derived_class_adds_its_modules_in_its_constructor()
    {
        using var transition = new Transition();
        using var scope = NewDisposeScope();

        transition.call(ones(1, 2, 4, 4)).shape.Should().Equal(1, 1, 2, 2);
        transition.named_parameters().Select(entry => entry.name).Should().Equal("norm.weight", "norm.bias",
            "conv.weight");
    }

    [Fact]
    public void Intermediate_results_are_disposed_and_the_argument_is_not()
    {
        using var net = nn.Sequential(new Remember(), new Remember(), new Remember());
        using var x = ones(1);

        using var result = net.call(x);

        var seen = net.children().Cast<Remember>().Select(module => module.Result!.IsInvalid);
        seen.Should().Equal(true, true, false);
        (x.IsInvalid, result.ToSingle()).Should().Be((false, 4f));
    }

    [Fact]
    public void Without_modules_the_result_is_another_object_for_the_argument()
    {
        using var net = nn.Sequential();
        using var x = ones(1);
        using var result = net.call(x);

        result.Should().NotBeSameAs(x);
        result.ToSingle().Should().Be(1);
    }

    [Fact]
    public void Training_mode_and_types_reach_the_modules()
    {
        using var net = nn.Sequential(nn.Linear(1, 1), nn.Dropout());
        net.eval();
        net.children().Should().OnlyContain(module => !module.training);

        net.to(ScalarType.Float64);

        net.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float64);
    }

    private sealed class Transition : Sequential
    {
        public Transition()
            : base(Array.Empty<nn.Module<Tensor, Tensor>>())
        {
            append("norm", nn.BatchNorm2d(2));
            append("relu", nn.ReLU(inplace: true));
            append("conv", nn.Conv2d(2, 1, 1, bias: false));
            append("pool", nn.AvgPool2d(2, 2));
        }
    }

    private sealed class Remember() : nn.Module<Tensor, Tensor>("remember")
    {
        public Tensor? Result { get; private set; }

        public override Tensor forward(Tensor input) => Result = input + 1;
    }
}
