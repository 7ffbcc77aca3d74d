using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class ModuleTests
{
    [Fact]
    public void Fields_are_registered_under_their_names_parameters_before_buffers()
    {
        using var net = new Net();

        net.state_dict().Keys.Should().Equal(
            "scale", "layer.conv.weight", "layer.norm.weight", "layer.norm.bias", "head.weight", "head.bias",
            "offset", "layer.norm.running_mean", "layer.norm.running_var", "layer.norm.num_batches_tracked");
        net.named_modules().Select(entry => entry.name).Should()
            .Equal("layer", "head", "layer.conv", "layer.norm", "layer.relu");
        net.named_children().Select(entry => entry.name).Should().Equal("layer", "head");
        net.parameters().Count().Should().Be(6);
        net.buffers().Count().Should().Be(4);
        net.GetName().Should().Be("net");
    }

    [Fact]
    public void Parts_are_found_by_dotted_names()
    {
        using var net = new Net();

        net.get_parameter("layer.conv.weight").Should().BeSameAs(net.Layer.Conv.weight);
        net.get_buffer("layer.norm.running_mean").Should().NotBeNull();
        net.has_parameter("layer.conv.bias").Should().BeFalse();
        net.has_buffer("offset").Should().BeTrue();
        net.get_parameter("no.such.thing").Should().BeNull();
    }

    [Fact]
    public void Modules_registered_by_name_appear_once()
    {
        using var net = new Registered();

        net.state_dict().Keys.Should().Equal("features.conv0.weight", "classifier.weight", "classifier.bias");
        FluentActions.Invoking(() => net.register_module("classifier", nn.Identity()))
            .Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => net.register_module("a.b", nn.Identity())).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Training_mode_reaches_all_modules()
    {
        using var net = new Net();
        net.training.Should().BeTrue();
        net.eval();

        net.modules().Should().OnlyContain(module => !module.training);
        net.train();
        net.modules().Should().OnlyContain(module => module.training);
    }

    [Fact]
    public void Moving_to_another_type_replaces_floating_point_tensors_and_keeps_the_modules_own_type()
    {
        using var net = new Net();
        var old = net.Layer.Conv.weight;

        Net moved = net.to(ScalarType.Float64);

        moved.Should().BeSameAs(net);
        old.IsInvalid.Should().BeTrue();
        net.state_dict().Where(entry => entry.Value.dtype != ScalarType.Float64).Select(entry => entry.Key)
            .Should().Equal("layer.norm.num_batches_tracked");
        net.Scale.dtype.Should().Be(ScalarType.Float64);
        net.Offset.dtype.Should().Be(ScalarType.Float64);
        using var scope = NewDisposeScope();
        net.call(ones(2, 3, 8, 8, dtype: float64)).dtype.Should().Be(ScalarType.Float64);
        FluentActions.Invoking(() => net.to(ScalarType.Int64)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Moving_keeps_gradients_and_what_requires_them()
    {
        using var linear = nn.Linear(2, 1);
        linear.bias!.requires_grad = false;
        using (NewDisposeScope())
        {
            linear.call(ones(1, 2)).sum().backward();
        }

        linear.to(ScalarType.Float64);

        linear.weight.grad!.data<double>().ToArray().Should().Equal(1, 1);
        linear.bias!.requires_grad.Should().BeFalse();
    }

    [Fact]
    public void Gradients_are_forgotten_or_zeroed()
    {
        using var linear = nn.Linear(2, 1);
        using var scope = NewDisposeScope();
        linear.call(ones(1, 2)).sum().backward();
        linear.zero_grad(set_to_none: false);
        linear.weight.grad!.data<float>().ToArray().Should().Equal(0, 0);

        linear.zero_grad();

        linear.weight.grad.Should().BeNull();
    }

    [Fact]
    public void A_state_dict_is_copied_into_the_modules_own_tensors()
    {
        using var source = new Net();
        using var target = new Net();
        var weight = target.Layer.Conv.weight;

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        (missing.Count, unexpected.Count).Should().Be((0, 0));
        target.Layer.Conv.weight.Should().BeSameAs(weight);
        weight.Equals(source.Layer.Conv.weight).Should().BeTrue();
    }

    [Fact]
    public void A_strict_load_refuses_other_names_and_a_lenient_one_tells_them()
    {
        using var net = new Net();
        var source = net.state_dict();
        source.Remove("scale");
        source.Add("extra", net.Scale);

        FluentActions.Invoking(() => net.load_state_dict(source)).Should().Throw<InvalidOperationException>();
        var (missing, unexpected) = net.load_state_dict(source, strict: false);
        missing.Should().Equal("scale");
        unexpected.Should().Equal("extra");
        net.load_state_dict(source, skip: ["scale", "extra"]).missing_keys.Should().BeEmpty();
    }

    [Fact]
    public void Something_can_be_applied_to_every_module_inner_ones_first()
    {
        using var net = new Net();
        var names = new List<string>();
        net.apply(module => names.Add(module.GetName()));

        // TorchSharp's name for a BatchNorm2d is BatchNorm1d.
        names.Should().Equal("Conv2d", "BatchNorm1d", "ReLU", "layer", "Linear", "net");
    }

    [Fact]
    public void Disposing_a_module_disposes_everything_in_it()
    {
        var net = new Net();
        var tensors = net.state_dict().Values.ToList();
        net.Dispose();

        tensors.Should().OnlyContain(tensor => tensor.IsInvalid);
    }

    [Fact]
    public void A_parameter_can_be_replaced()
    {
        using var linear = nn.Linear(2, 1);
        linear.weight = nn.Parameter(ones(1, 2));
        linear.bias = null;

        linear.state_dict().Keys.Should().Equal("weight");
        using var scope = NewDisposeScope();
        linear.call(ones(1, 2)).ToSingle().Should().Be(2);
    }

    [Fact]
    public void Layers_show_how_they_were_made()
    {
        using var conv = nn.Conv2d(4, 6, 3, stride: 2, padding: 1, groups: 2, bias: false);
        using var norm = nn.BatchNorm2d(4, eps: 1e-3, momentum: 0.2);
        using var pool = nn.MaxPool2d(3, 2, 1);

        (conv.in_channels, conv.out_channels, conv.groups, conv.bias is null).Should().Be((4, 6, 2, true));
        conv.stride.Should().Equal(2, 2);
        conv.weight.shape.Should().Equal(6, 2, 3, 3);
        (norm.num_features, norm.eps, norm.momentum, norm.affine).Should().Be((4, 1e-3, 0.2, true));
        pool.stride.Should().Equal(2, 2);
        FluentActions.Invoking(() => conv.call(ones(1, 3, 8, 8))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => norm.call(ones(1, 4))).Should().Throw<ArgumentException>();
    }

    private sealed class Layer : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv;
        private readonly BatchNorm2d norm;
        private readonly ReLU relu;

        public Layer(string name)
            : base(name)
        {
            conv = nn.Conv2d(3, 4, 3, bias: false);
            norm = nn.BatchNorm2d(4);
            relu = nn.ReLU();
            RegisterComponents();
        }

        public Conv2d Conv => conv;

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return relu.call(norm.call(conv.call(input))).MoveToOuterDisposeScope();
        }
    }

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Layer layer;
        private readonly Linear head;

        [ComponentName(Name = "scale")]
        private readonly Parameter _factor;
        private readonly Tensor offset;

        public Net()
            : base("net")
        {
            layer = new Layer("layer");
            head = nn.Linear(4, 2);
            _factor = nn.Parameter(ones(1));
            offset = zeros(1);
            RegisterComponents();
        }

        public Layer Layer => layer;

        public Parameter Scale => _factor;

        public Tensor Offset => offset;

        public override Tensor forward(Tensor input) =>
            WrappedTensorDisposeScope(() => head.call(layer.call(input).mean([2, 3])) * _factor + offset);
    }

    private sealed class Registered : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential _features;
        private readonly Linear _head;

        public Registered()
            : base("registered")
        {
            _features = nn.Sequential(("conv0", nn.Conv2d(1, 1, 1, bias: false)));
            _head = nn.Linear(1, 1);
            register_module("features", _features);
            register_module("classifier", _head);
        }

        public override Tensor forward(Tensor input) => _head.call(_features.call(input));
    }
}
