using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class TrainingTests
{
    private static readonly Dictionary<string, (string Python, Func<IEnumerable<Parameter>,
        optim.Optimizer> Make)> Optimizers = new()
    {
        ["SGD"] = ("SGD(p, 0.1)", p => optim.SGD(p, 0.1)),
        ["SGD, momentum, Nesterov, decay"] = (
            "SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=1e-2)",
            p => optim.SGD(p, 0.1, 0.9, nesterov: true, weight_decay: 1e-2)),
        ["SGD, dampening, maximize"] = (
            "SGD(p, 0.01, momentum=0.9, dampening=0.2, maximize=True)",
            p => optim.SGD(p, 0.01, 0.9, 0.2, maximize: true)),
        ["Adam"] = ("Adam(p, 1e-2, foreach=False)", p => optim.Adam(p, 1e-2)),
        ["Adam, decay, amsgrad"] = (
            "Adam(p, 1e-2, betas=(0.8, 0.99), weight_decay=1e-2, amsgrad=True, foreach=False)",
            p => optim.Adam(p, 1e-2, 0.8, 0.99, weight_decay: 1e-2, amsgrad: true)),
        ["AdamW"] = (
            "AdamW(p, 1e-2, weight_decay=1e-2, foreach=False)", p => optim.AdamW(p, 1e-2, weight_decay: 1e-2)),
    };

    public static TheoryData<string> Names => new(Optimizers.Keys);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_equal_PyTorchs_to_the_bit(string name)
    {
        var expected = PyTorchReference.Floats($"""
            torch.manual_seed(0)
            net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.Dropout(0.2),
                                nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
            p = net.parameters()
            optimizer = torch.optim.{Optimizers[name].Python}
            for i in range(20):
                loss = F.cross_entropy(net(torch.randn(4, 3, 8, 8)), torch.randint(0, 4, (4,)))
                optimizer.zero_grad()
                loss.backward()
                norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
                out += [loss, norm]
            out += [*net.parameters(), *net.buffers()]
            """);

        manual_seed(0);
        set_num_threads(1);
        using var net = nn.Sequential(
            nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace: true), nn.Dropout(0.2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4));
        using var optimizer = Optimizers[name].Make(net.parameters());
        var actual = new List<float>();
        for (var i = 0; i < 20; i++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.cross_entropy(net.call(randn(4, 3, 8, 8)), randint(0, 4, [4]));
            optimizer.zero_grad();
            loss.backward();
            var norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0);
            optimizer.step();
            actual.AddRange([loss.ToSingle(), (float)norm]);
        }

        actual.AddRange(Tensors.Floats(net.parameters().Concat(net.buffers())));
        actual.Should().Equal(expected);
    }

    [Fact]
    public void Groups_of_parameters_have_options_of_their_own()
    {
        var (x, y) = (nn.Parameter(zeros(1)), nn.Parameter(zeros(1)));
        using var optimizer = optim.SGD([new SGD.ParamGroup([x], lr: 0.5), new SGD.ParamGroup { Parameters = [y] }],
            0.1);
        using var scope = NewDisposeScope();
        (x + y).backward();
        optimizer.step();

        (x.ToSingle(), y.ToSingle()).Should().Be((-0.5f, -0.1f));
        optimizer.ParamGroups.Select(group => group.LearningRate).Should().Equal(0.5, 0.1);
        optimizer.ParamGroups.Last().LearningRate = 0.2;
        optimizer.step();
        y.ToSingle().Should().BeApproximately(-0.3f, 1e-6f);
        optimizer.zero_grad();
        x.grad!.ToSingle().Should().Be(0);
    }

    [Fact]
    public void A_closure_computes_the_loss_with_gradients_on()
    {
        var x = nn.Parameter(ones(1));
        using var optimizer = optim.SGD([x], 0.1);
        using var scope = NewDisposeScope();
        using var mode = no_grad();

        var loss = optimizer.step(() =>
        {
            var result = x * 3;
            result.backward();
            return result;
        });

        (loss.ToSingle(), x.ToSingle()).Should().Be((3f, 0.7f));
    }

    [Fact]
    public void An_optimizers_state_can_be_saved_and_loaded()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (nn.Parameter(ones(3)), nn.Parameter(ones(3)));
        using var source = optim.Adam([first], 0.1);
        using var target = optim.Adam([second], 0.2);
        Step(source, first);
        Step(source, first);
        using (no_grad())
        {
            second.copy_(first);
        }

        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        source.save_state_dict(writer);
        stream.Position = 0;
        target.load_state_dict(new BinaryReader(stream));
        Step(source, first);
        Step(target, second);

        second.Equals(first).Should().BeTrue();
        target.ParamGroups.Single().LearningRate.Should().Be(0.1);

        static void Step(optim.Optimizer optimizer, Parameter parameter)
        {
            optimizer.zero_grad();
            parameter.pow(2).sum().backward();
            optimizer.step();
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var x = nn.Parameter(ones(1));

        FluentActions.Invoking(() => optim.SGD([x], -1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => optim.SGD([x], 1, nesterov: true)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => optim.Adam([x], beta1: 1)).Should().Throw<ArgumentException>();
    }

    [SkippableTheory]
    [InlineData("step")]
    [InlineData("lambda")]
    [InlineData("cosine")]
    [InlineData("onecycle")]
    public void Schedules_are_PyTorchs(string name)
    {
        using var optimizer = optim.SGD([nn.Parameter(ones(1))], 0.1, 0.9);
        var (schedule, python) = name switch
        {
            "step" => (optim.lr_scheduler.StepLR(optimizer, 3, 0.5), "StepLR(o, 3, 0.5)"),
            "lambda" => (optim.lr_scheduler.LambdaLR(optimizer, epoch => 1.0 / (epoch + 1)),
            "LambdaLR(o, lambda e: 1 / (e + 1))"),
            "cosine" => (optim.lr_scheduler.CosineAnnealingLR(optimizer, 5, 0.01), "CosineAnnealingLR(o, 5, 0.01)"),
            _ => (optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps: 10), "OneCycleLR(o, 0.5, total_steps=10)"),
        };
        var expected = PyTorchReference.Text($"""
            import warnings; warnings.simplefilter('ignore')
            o = torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1, 0.9)
            s = torch.optim.lr_scheduler.{python}
            for i in range(9):
                print(repr(o.param_groups[0]['lr']), repr(o.param_groups[0]['momentum'])); s.step()
            """).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries).Select(double.Parse).ToArray();

        var actual = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var group = (SGD.ParamGroup)optimizer.ParamGroups.Single();
            actual.AddRange([group.LearningRate, group.Momentum]);
            schedule.step();
        }

        actual.Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
        actual.Should().HaveCount(expected.Length);
    }
}
