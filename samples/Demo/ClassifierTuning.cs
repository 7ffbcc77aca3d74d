using DenseNetSharp;
using DenseNetSharp.Images;
using Spectre.Console;
using static TorchSharp.torch;

namespace Demo;

/// <summary>Fine-tunes a network's new classifier; the features stay as they are.</summary>
internal sealed class ClassifierTuning(DenseNet model, ImagePreset preset)
{
    private const int Epochs = 30;
    private const int BatchSize = 16;
    private const double LearningRate = 0.02;

    public double Accuracy(LabelledImages images)
    {
        model.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (x, labels) = Batch(images.Items);
        return model.call(x).argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>();
    }

    public void Train(LabelledImages images)
    {
        foreach (var parameter in model.Features.parameters())
        {
            parameter.requires_grad = false;
        }

        // Frozen features keep their batch statistics too.
        model.eval();
        using var optimizer = optim.SGD(model.Classifier.parameters(), LearningRate, momentum: 0.9);
        var random = new Random(1);
        var items = images.Items.ToArray();
        AnsiConsole.Progress().Start(progress =>
        {
            var task = progress.AddTask("fine-tuning", maxValue: Epochs);
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                random.Shuffle(items);
                var lossSum = 0.0;
                foreach (var batch in items.Chunk(BatchSize))
                {
                    using var scope = NewDisposeScope();
                    var (x, labels) = Batch(batch);
                    optimizer.zero_grad();
                    var loss = nn.functional.cross_entropy(model.call(x), labels);
                    loss.backward();
                    optimizer.step();
                    lossSum += loss.item<float>() * batch.Length;
                }

                task.Description = $"fine-tuning, loss {lossSum / items.Length:F3}";
                task.Increment(1);
            }
        });
    }

    private (Tensor Images, Tensor Labels) Batch(IReadOnlyList<(string Name, RgbImage Image, int Label)> items)
    {
        var size = preset.OutputSize(items[0].Image.Height, items[0].Image.Width);
        var pixels = new float[items.Count * preset.Channels * size.Height * size.Width];
        preset.Apply(items.Select(item => item.Image).ToArray(), pixels);
        return (
            tensor(pixels, [items.Count, preset.Channels, size.Height, size.Width]),
            tensor(items.Select(item => (long)item.Label).ToArray()));
    }
}
