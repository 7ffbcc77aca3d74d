using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>Training steps: forward, loss, backward, and every so often a step of the optimizer.</summary>
/// <remarks>The network and the optimizer stay the caller's. One thread at a time.</remarks>
public sealed class Trainer
{
    private readonly DenseNet _model;
    private readonly optim.Optimizer _optimizer;
    private readonly TrainingLoss _loss;
    private int _accumulated;

    /// <summary>Puts together what a step needs.</summary>
    /// <param name="model">The network, on its device and in its dtype; batches are brought to both.</param>
    /// <param name="optimizer">The optimizer of its parameters, or of those that are to change.</param>
    /// <param name="loss">What is made small; null for plain cross entropy.</param>
    public Trainer(DenseNet model, optim.Optimizer optimizer, TrainingLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        (_model, _optimizer, _loss) = (model, optimizer, loss ?? new TrainingLoss());
    }

    /// <summary>Batches whose gradients are averaged into one step of the optimizer, at least 1: a larger batch than memory
    /// holds (but for the batch norms, which see each by itself).</summary>
    public int AccumulationSteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(AccumulationSteps));
            field = value;
        }
    } = 1;

    /// <summary>The length that all gradients together are cut to before a step (<c>clip_grad_norm_</c>); null for none.
    /// </summary>
    public double? MaxGradientNorm
    {
        get;
        init
        {
            if (!(value is null or > 0))
            {
                throw new ArgumentOutOfRangeException(nameof(MaxGradientNorm), value, "A length must be positive.");
            }

            field = value;
        }
    }

    /// <summary>Steps of the optimizer so far.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// Puts the network in training mode, batch norms whose weights are frozen excepted: their statistics stay those that
    /// the frozen features were trained with. To be called before an epoch, and after every evaluation.
    /// </summary>
    public void EnterTraining()
    {
        _model.train();
        foreach (var (_, module) in _model.NamedModules())
        {
            if (module is BatchNorm2d { weight.requires_grad: false } norm)
            {
                norm.eval();
            }
        }
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch; it stays the caller's.</param>
    /// <returns>Its loss, a mean over the batch's images, before the step.</returns>
    /// <exception cref="DivergedException">The loss is not finite; the weights are as they were, and gradients that were
    /// being accumulated are dropped.</exception>
    /// <exception cref="ArgumentException">The batch does not suit the network or the loss; nothing has changed.</exception>
    public float Train(LabelledBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RequireMoreThanOneValueAChannel(batch.Images);
        using var scope = NewDisposeScope();
        var weight = _model.Classifier.weight;
        var images = batch.Images.to(weight.dtype, weight.device);
        var loss = _loss.Compute(_model.call(images), batch.Targets.to(weight.device));
        var value = loss.to(ScalarType.Float32).item<float>();
        if (!float.IsFinite(value))
        {
            Drop();
            throw new DivergedException(
                $"The loss is {value} after {Steps} steps; a smaller learning rate, a warm-up or clipped gradients may help.");
        }

        if (_accumulated == 0)
        {
            _optimizer.zero_grad();
        }

        (AccumulationSteps == 1 ? loss : loss / AccumulationSteps).backward();
        _accumulated++;
        if (_accumulated == AccumulationSteps)
        {
            Step();
        }

        return value;
    }

    /// <summary>Makes the step that accumulated gradients wait for, if there are any: at an epoch's end.</summary>
    public void Finish()
    {
        if (_accumulated > 0)
        {
            Step();
        }
    }

    private void Step()
    {
        if (MaxGradientNorm is { } norm)
        {
            nn.utils.clip_grad_norm_(_model.parameters().Where(parameter => parameter.requires_grad), norm);
        }

        _optimizer.step();
        _accumulated = 0;
        Steps++;
    }

    private void Drop()
    {
        _optimizer.zero_grad();
        _accumulated = 0;
    }

    /// <summary>PyTorch refuses such a batch; TorchSharp would make the statistics NaN without a word.</summary>
    private void RequireMoreThanOneValueAChannel(Tensor images)
    {
        // What is too small altogether the network refuses itself.
        if (!_model.training || images.dim() != 4 || images.size(0) > 1
            || Math.Min(images.size(2), images.size(3)) < _model.Spec.MinimumInputSize)
        {
            return;
        }

        var maps = _model.Spec.FeatureMapSize((int)images.size(2), (int)images.size(3));
        if (maps == 1 && _model.Features.named_children().Last().module is BatchNorm2d { training: true })
        {
            throw new ArgumentException(
                $"A batch of one image of {images.size(2)}x{images.size(3)} gives the last batch norm one value a channel, from which "
                + "it cannot learn statistics: train on larger batches (ImageLoader.DropLast leaves a last single image out).");
        }
    }
}
