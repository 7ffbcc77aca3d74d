using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class MasterWeightsTests
{
    [Fact]
    public void A_loop_with_copies_learns_and_leaves_them_in_the_network()
    {
        using var model = Networks.Create("tiny");
        using var average = new WeightAverage(model, decay: 0);
        var losses = new List<float>();
        using (var masters = new MasterWeights(model))
        {
            using var optimizer = ForeachOptimizers.Sgd(masters.Parameters, 0.05, momentum: 0.9);
            var trainer = new Trainer(model, optimizer) { Masters = masters, StepDone = () => average.Update(masters) };
            trainer.EnterTraining();
            using var images = randn(4, 3, 40, 40);
            using var labels = tensor(new long[] { 0, 1, 2, 3 });
            for (var step = 0; step < 12; step++)
            {
                losses.Add(trainer.Train(images, labels));
            }

            model.FirstWeight.dtype.Should().Be(ScalarType.BFloat16);
            masters.Dispose();
        }

        losses[^1].Should().BeLessThan(losses[0] / 2);
        model.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32 && parameter.requires_grad);
        model.FirstWeight.ShouldHaveBitsOf(average.Model.FirstWeight, "the float32 weight");
    }

    [Fact]
    public void Copies_that_do_not_belong_to_the_trainers_network_or_optimizer_are_refused()
    {
        using var model = Networks.Create("tiny");
        using var other = Networks.Create("tiny");
        using var masters = new MasterWeights(model);
        using var optimizer = ForeachOptimizers.Sgd(masters.Parameters, 0.05);
        using var wrong = ForeachOptimizers.Sgd(model.parameters(), 0.05);

        FluentActions.Invoking(() => new Trainer(other, optimizer) { Masters = masters }).Should().Throw<ArgumentException>().WithMessage("*another network's*");
        FluentActions.Invoking(() => new Trainer(model, wrong) { Masters = masters }).Should().Throw<ArgumentException>().WithMessage("*MasterWeights.Parameters*");
        FluentActions.Invoking(() => new MasterWeights(model)).Should().Throw<ArgumentException>().WithMessage("*float32*BFloat16*");
    }

    [Fact]
    public void Copies_may_be_disposed_after_the_network_and_after_its_classifier_was_replaced()
    {
        var gone = Networks.Create("tiny");
        var first = new MasterWeights(gone);
        gone.Dispose();
        first.Dispose();
        using var model = Networks.Create("tiny");
        using (new MasterWeights(model))
        {
            model.ReplaceClassifier(3);
        }

        model.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
        model.Classifier.weight.shape.Should().Equal(3, model.Spec.FeatureCount);
    }

    [Fact]
    public void Images_and_targets_that_do_not_belong_together_are_refused_before_anything_is_computed()
    {
        using var model = Networks.Create("tiny");
        using var optimizer = ForeachOptimizers.Sgd(model.parameters(), 0.05);
        var trainer = new Trainer(model, optimizer);
        using var images = randn(2, 3, 40, 40);
        using var none = randn(0, 3, 40, 40);
        using var labels = tensor(new long[] { 0, 1, 2 });

        trainer.Invoking(t => t.Train(images, labels)).Should().Throw<ArgumentException>().WithMessage("*[2, 3, 40, 40]*[3]*");
        trainer.Invoking(t => t.Train(none, labels)).Should().Throw<ArgumentException>().WithMessage("*[0, 3, 40, 40]*");
        trainer.Steps.Should().Be(0);
    }
}
