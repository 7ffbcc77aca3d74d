using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class InitialisationTests
{
    [SkippableFact]
    public void Layers_start_with_PyTorchs_weights_to_the_bit()
    {
        var expected = PyTorchReference.Floats("""
            torch.manual_seed(0)
            layers = [nn.Conv2d(3, 8, 7, bias=False), nn.Conv2d(8, 4, (3, 1), groups=2), nn.Linear(16, 10),
                nn.BatchNorm2d(4), nn.Linear(3, 2, bias=False)]
            for layer in layers:
                out += [*layer.parameters(), *layer.buffers()]
            """);

        manual_seed(0);
        nn.Module[] layers =
        [
            nn.Conv2d(3, 8, 7, bias: false), nn.Conv2d(8, 4, (3, 1), groups: 2), nn.Linear(16, 10), nn.BatchNorm2d(4),
            nn.Linear(3, 2, hasBias: false),
        ];

        Tensors.Floats(layers.SelectMany(layer => Parameters(layer).Concat(layer.buffers()))).Should().Equal(expected);

        // TorchSharp registers a norm's weight before its bias, and so does PyTorch.
        static IEnumerable<Tensor> Parameters(nn.Module layer) =>
            layer.named_parameters().Select(entry => entry.parameter);
    }

    [SkippableFact]
    public void Initialisers_draw_as_PyTorchs_do_to_the_bit()
    {
        var expected = PyTorchReference.Floats("""
            torch.manual_seed(5)
            w = lambda: torch.empty(6, 4, 3, 3)
            out += [nn.init.kaiming_normal_(w()), nn.init.kaiming_normal_(w(), mode='fan_out', nonlinearity='relu')]
            out += [nn.init.kaiming_uniform_(w(), a=math.sqrt(5)), nn.init.kaiming_uniform_(w(), nonlinearity='tanh')]
            out += [nn.init.normal_(w(), 1, 2), nn.init.uniform_(w(), -1, 1), nn.init.constant_(w(), 3),
                nn.init.ones_(w()), nn.init.zeros_(w())]
            """);

        manual_seed(5);
        using var scope = NewDisposeScope();
        Tensor[] actual =
        [
            nn.init.kaiming_normal_(Weights()),
            nn.init.kaiming_normal_(Weights(), mode: nn.init.FanInOut.FanOut,
                nonlinearity: nn.init.NonlinearityType.ReLU),
            nn.init.kaiming_uniform_(Weights(), Math.Sqrt(5)),
            nn.init.kaiming_uniform_(Weights(), nonlinearity: nn.init.NonlinearityType.Tanh),
            nn.init.normal_(Weights(), 1, 2), nn.init.uniform_(Weights(), -1, 1), nn.init.constant_(Weights(), 3),
            nn.init.ones_(Weights()), nn.init.zeros_(Weights()),
        ];

        Tensors.Floats(actual).Should().Equal(expected);

        static Tensor Weights() => empty(6, 4, 3, 3);
    }

    [Fact]
    public void Parameters_are_initialised_outside_the_graph()
    {
        using var linear = nn.Linear(2, 2);

        nn.init.ones_(linear.weight).Should().BeSameAs(linear.weight);
        (linear.weight.requires_grad, linear.weight.is_leaf).Should().Be((true, true));
        nn.init.CalculateFanInAndFanOut(linear.weight).Should().Be((2, 2));
    }
}
