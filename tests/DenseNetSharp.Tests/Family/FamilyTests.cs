using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Family;

public sealed class FamilyTests
{
    private static readonly string[] _plainHead = ["classifier.weight", "classifier.bias"];

    // On several threads some libtorchs add up in another order each time.
    public FamilyTests() => set_num_threads(1);

    [Theory]
    [InlineData("densenetblur121d", 1000, 7_998_088)]
    [InlineData("densenetblur121d", 5, 6_978_213)]
    [InlineData("densenet-40-12", null, 1_019_722)]
    [InlineData("densenet-bc-100-12", null, 769_162)]
    public void A_network_by_name_has_the_published_parameters(string name, int? classes, long parameters)
    {
        using var model = DenseNetFactory.Create(name, numClasses: classes);

        model.parameters().Sum(parameter => parameter.numel()).Should().Be(parameters);
        model.Spec.Name.Should().Be(name);
        model.Classifier.out_features.Should().Be(classes ?? 10);
    }

    [Fact]
    public void Models_are_listed_by_pattern()
    {
        DenseNetFactory.ListModels().Should().Equal(DenseNetArchitectures.All.Select(spec => spec.Name));
        DenseNetFactory.ListModels("densenet-BC-*").Should().Equal("densenet-bc-100-12", "densenet-bc-250-24", "densenet-bc-190-40");
        DenseNetFactory.ListModels("*blur*", pretrained: true).Should().Equal("densenetblur121d.ra_in1k");
        DenseNetFactory.ListModels("resnet*").Should().BeEmpty();
    }

    [Fact]
    public void An_architecture_without_pretrained_weights_says_which_there_are()
    {
        var act = () => DenseNetFactory.Create("densenet-40-12", pretrained: true);

        act.Should().Throw<ArgumentException>().WithMessage("*no pretrained weights of densenet-40-12*densenet121.ra_in1k*");
    }

    [Fact]
    public void A_pyramid_of_levels_that_are_not_there_is_refused_in_words()
    {
        using var model = new DenseNet(FamilyNetworks.Get("features"));
        using var x = zeros(1, 3, 40, 40);

        Levels(5).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*5 levels: 0 to 4, or -5 to -1*");
        Levels(-6).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*5 levels*");
        Levels(1, -4).Should().Throw<ArgumentException>().WithMessage("*named twice*");
        Levels().Should().Throw<ArgumentException>().WithMessage("*No level is named*");

        Action Levels(params int[] indices) => () => model.FeaturePyramid(x, indices);
    }

    [Fact]
    public void A_pyramid_can_be_trained_through()
    {
        using var scope = NewDisposeScope();
        using var model = new DenseNet(FamilyNetworks.Get("densenetblur121d"));
        var levels = model.FeaturePyramid(randn(2, 3, 40, 40));

        levels.Select(level => level.mean()).Aggregate((sum, next) => sum.add(next)).backward();

        model.Features.parameters().All(parameter => parameter.grad is not null).Should().BeTrue();
    }

    [Fact]
    public void Classifier_is_taken_away_and_put_back_with_another_pooling()
    {
        using var model = Networks.Create("tiny").to(ScalarType.Float64);
        model.eval();
        using var x = randn(2, 3, 40, 40, dtype: ScalarType.Float64);
        using var features = model.PooledFeatures(x);

        model.ResetClassifier(0).Should().BeSameAs(model);
        using var output = model.call(x);

        output.HasBitsOf(features).Should().BeTrue();
        (model.Spec.NumClasses, model.Head.Count).Should().Be((0, 0));
        model.state_dict().Keys.Should().OnlyContain(key => key.StartsWith("features."));
        var classifier = () => model.Classifier;
        classifier.Should().Throw<InvalidOperationException>().WithMessage("*no classifier*ResetClassifier*");
        var predict = () => model.Predict(new float[3 * 40 * 40], 1, 40, []);
        predict.Should().Throw<InvalidOperationException>().WithMessage("*no classifier*PooledFeatures*");

        model.ResetClassifier(0, GlobalPooling.None);
        using var maps = model.call(x);
        maps.shape.Should().Equal(2, model.Spec.FeatureCount, 1, 1);
        var replace = () => model.ReplaceClassifier(3);
        replace.Should().Throw<InvalidOperationException>().WithMessage("*pools nothing*");

        model.ResetClassifier(4, GlobalPooling.ConcatenatedAverageMax);
        using var logits = model.call(x);
        logits.shape.Should().Equal(2, 4);
        logits.dtype.Should().Be(ScalarType.Float64);
        model.Classifier.in_features.Should().Be(2 * model.Spec.FeatureCount);
        model.Classifier.training.Should().BeFalse();
    }

    [Fact]
    public void ResetClassifier_says_no_to_nonsense_and_changes_nothing()
    {
        using var model = Networks.Create("tiny");
        var before = model.Classifier;

        var negative = () => model.ResetClassifier(-1);
        var unpooled = () => model.ResetClassifier(3, GlobalPooling.None);
        var unknown = () => model.ResetClassifier(3, (GlobalPooling)9);

        negative.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*at least 1, or 0*");
        unpooled.Should().Throw<ArgumentException>().WithMessage("*3 classes needs pooled features*");
        unknown.Should().Throw<ArgumentOutOfRangeException>();
        model.Classifier.Should().BeSameAs(before);
        model.Spec.Should().Be(Networks.Tiny);
    }

    [Fact]
    public void A_head_of_several_layers_gives_way_to_a_classifier()
    {
        using var model = new DenseNet(FamilyNetworks.Get("deep-head"));
        var classifier = () => model.Classifier;
        classifier.Should().Throw<InvalidOperationException>().WithMessage("*head of 15 layers*Head*ReplaceClassifier*");
        model.Head.Should().HaveCount(15);
        (model.Head[1] is Linear { in_features: 19, out_features: 12 }).Should().BeTrue();

        model.ReplaceClassifier(3);

        model.Classifier.out_features.Should().Be(3);
        model.Head.Should().Equal(model.Classifier);
        model.Spec.Head.Should().BeEmpty();
        model.state_dict().Keys.Where(key => !key.StartsWith("features.")).Should().Equal(_plainHead);
        using var x = randn(2, 3, 40, 40);
        using var logits = model.call(x);
        logits.shape.Should().Equal(2, 3);
    }

    [Fact]
    public void Dropout_before_the_classifier_is_for_training_only()
    {
        using var model = new DenseNet(Networks.Tiny with { ClassifierDropRate = 1 }).to(ScalarType.Float64);
        using var noGradients = no_grad();
        nn.init.constant_(model.Classifier.bias!, 0.25);
        using var x = randn(2, 3, 40, 40, dtype: ScalarType.Float64);

        using var trained = model.call(x);
        model.eval();
        using var evaluated = model.call(x);

        trained.data<double>().ToArray().Should().OnlyContain(logit => logit == 0.25);
        evaluated.data<double>().ToArray().Should().NotContain(0.25);
    }

    [Theory]
    [InlineData("densenetblur121d")]
    [InlineData("densenet-notebook")]
    [InlineData("deep-head")]
    public void Evaluations_leave_no_tensors_behind(string name)
    {
        using var model = new DenseNet(FamilyNetworks.Get(name));
        using var x = randn(1, 3, 40, 40);
        model.eval();
        using var noGradients = no_grad();
        Pass();
        var before = Expectations.LiveTensors();

        for (var i = 0; i < 5; i++)
        {
            Pass();
        }

        Tensor.TotalCount.Should().Be(before);

        void Pass()
        {
            model.call(x).Dispose();
            model.PooledFeatures(x).Dispose();
            foreach (var level in model.FeaturePyramid(x))
            {
                level.Dispose();
            }
        }
    }

    [Fact]
    public void Maps_for_the_head_that_do_not_fit_are_refused()
    {
        using var model = Networks.Create("tiny");
        using var few = zeros(1, 3, 2, 2);
        using var wide = zeros(1, model.Spec.FeatureCount, 2, 2, dtype: ScalarType.Float64);

        var channels = () => model.ForwardHead(few);
        var type = () => model.ForwardHead(wide);

        channels.Should().Throw<ArgumentException>().WithMessage($"*[N, {model.Spec.FeatureCount}, H, W]*[1, 3, 2, 2]*");
        type.Should().Throw<ArgumentException>().WithMessage("*Float32*maps are Float64*");
    }

    [Fact]
    public void Predict_takes_images_of_every_kind_of_network()
    {
        using var model = new DenseNet(FamilyNetworks.Get("deep-same") with { GrowthRate = 16, InitFeatures = 16 });
        var logits = new float[2 * 7];

        model.Predict([.. Enumerable.Range(0, 2 * 40 * 41).Select(i => (i % 17) - 8f)], 2, new ImageSize(40, 41), logits);

        logits.Should().NotContain(0).And.OnlyContain(logit => float.IsFinite(logit));
    }
}
