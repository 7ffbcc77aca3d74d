using DenseNetSharp.Classification;
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
    public long Steps { get; internal set; }

    /// <summary>Told before each step of the optimizer, with the step's number from 0: the place to set learning rates
    /// (<see cref="LearningRateSchedule.RateAt"/>). Gradients are complete and not yet cut.</summary>
    public Action<long>? StepStarting { get; init; }

    /// <summary>Told after each step of the optimizer: the place to update a <see cref="WeightAverage"/>.</summary>
    public Action? StepDone { get; init; }

    /// <summary>What the optimizer changes instead of the network's own weights: the copies of a network that computes in bfloat16; null
    /// for the weights themselves.</summary>
    /// <exception cref="ArgumentException">They are another network's, or the optimizer was not made of their parameters.</exception>
    public MasterWeights? Masters
    {
        get;
        init
        {
            value?.Require(_model, _optimizer);
            field = value;
        }
    }

    /// <summary>Batches whose gradients wait for a step.</summary>
    internal int Accumulated { get; set; }

    /// <summary>
    /// Puts the network in training mode, batch norms whose weights are frozen excepted: their statistics stay those that
    /// the frozen features were trained with. To be called before an epoch, and after every evaluation.
    /// </summary>
    public void EnterTraining()
    {
        _model.train();
        foreach (var (_, module) in _model.NamedModules())
        {
            if (module is NormBase { weight.requires_grad: false } norm)
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
        return Train(batch.Images, batch.Targets);
    }

    /// <summary>Trains on images that did not come from an <see cref="ImageLoader"/>.</summary>
    /// <param name="images">Normalised images, <c>[N, C, H, W]</c>, on any device.</param>
    /// <param name="targets">What they show: class indices <c>[N]</c>, int64, where classes exclude each other; else ones and zeros
    /// <c>[N, classes]</c>, float32.</param>
    /// <inheritdoc cref="Train(LabelledBatch)" path="/returns|/exception"/>
    public float Train(Tensor images, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(targets);
        if (images.dim() != 4 || images.size(0) == 0 || targets.dim() == 0 || targets.size(0) != images.size(0))
        {
            throw new ArgumentException(
                $"Training takes images [N, C, H, W] and what each shows; there are {NetworkInput.ShapeOf(images)} and {NetworkInput.ShapeOf(targets)}.");
        }

        if (!CanTrainOn(images.shape))
        {
            throw new ArgumentException(
                $"A batch of one image of {images.size(2)}x{images.size(3)} gives a batch norm one value a channel, "
                + "from which it cannot learn statistics: train on larger batches (ImageLoader.DropLast leaves a last single image out).");
        }

        return Train(images, targets, task: null, _model.call);
    }

    /// <summary>Trains on prepared values.</summary>
    /// <param name="values">The batch's images, or what <paramref name="forward"/> takes instead of them.</param>
    /// <param name="targets">What they show.</param>
    /// <param name="task">See <see cref="TrainingLoss.Compute"/>.</param>
    /// <param name="forward">Computes logits.</param>
    /// <inheritdoc cref="Train(LabelledBatch)" path="/returns|/exception"/>
    internal float Train(Tensor values, Tensor targets, ClassificationTask? task, Func<Tensor, Tensor> forward)
    {
        using var scope = NewDisposeScope();
        var loss = LossOf(values, targets, task, forward);
        var value = ValueOf(loss, Steps);
        Learn(loss);
        return value;
    }

    /// <summary>Trains on prepared values without waiting for the loss, so that a device has its next work before it has done this: weights
    /// have changed by the time that <see cref="ValueOf"/> tells that the loss is not finite.</summary>
    /// <returns>The loss, the caller's, which <see cref="ValueOf"/> waits for.</returns>
    /// <inheritdoc cref="Train(Tensor, Tensor, ClassificationTask?, Func{Tensor, Tensor})" path="/param"/>
    internal Tensor TrainAhead(Tensor values, Tensor targets, ClassificationTask? task, Func<Tensor, Tensor> forward)
    {
        using var scope = NewDisposeScope();
        var loss = LossOf(values, targets, task, forward);
        Learn(loss);
        return loss.detach().DetachFromDisposeScope();
    }

    /// <summary>A loss as a number.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="steps">The optimizer's steps before it.</param>
    /// <exception cref="DivergedException">It is not finite; gradients that were being accumulated are dropped.</exception>
    internal float ValueOf(Tensor loss, long steps)
    {
        using var single = loss.to(ScalarType.Float32);
        var value = single.item<float>();
        if (!float.IsFinite(value))
        {
            Drop();
            throw new DivergedException(
                $"The loss is {value} after {steps} {(steps == 1 ? "step" : "steps")}; a smaller learning rate, a warm-up or clipped gradients may help.");
        }

        return value;
    }

    private Tensor LossOf(Tensor values, Tensor targets, ClassificationTask? task, Func<Tensor, Tensor> forward)
    {
        var weight = _model.FirstWeight;
        var logits = forward(values.to(weight.dtype, weight.device));
        // A loss in bfloat16 would have two digits.
        return _loss.Compute(Masters is null ? logits : logits.to(ScalarType.Float32), targets.to(weight.device), task);
    }

    private void Learn(Tensor loss)
    {
        if (Accumulated == 0)
        {
            _optimizer.zero_grad();
        }

        (AccumulationSteps == 1 ? loss : loss / AccumulationSteps).backward();
        Masters?.TakeGradients();
        Accumulated++;
        if (Accumulated == AccumulationSteps)
        {
            Step();
        }
    }

    /// <summary>Whether the network can learn from a batch of this shape, of images or of pooled features: a batch norm cannot from one
    /// value a channel.</summary>
    /// <remarks>PyTorch refuses such a batch; TorchSharp would make the statistics NaN without a word.</remarks>
    internal bool CanTrainOn(long[] shape)
    {
        if (!_model.training || shape[0] > 1)
        {
            return true;
        }

        if (_model.Head.Any(layer => layer is NormBase { training: true }))
        {
            return false;
        }

        // What is too small altogether the network refuses itself.
        if (shape.Length != 4 || Math.Min(shape[2], shape[3]) < _model.Spec.MinimumInputSize)
        {
            return true;
        }

        var (height, width) = ((int)shape[2], (int)shape[3]);
        var learning = _model.NamedModules().Where(entry => entry.Module is BatchNorm2d { training: true }).Select(entry => entry.Name).ToHashSet();
        foreach (var module in _model.Spec.Modules)
        {
            (height, width) = (module.OutputSize(height), module.OutputSize(width));
            if (height == 1 && width == 1 && learning.Contains(module.Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the step that accumulated gradients wait for, if there are any: at an epoch's end.</summary>
    public void Finish()
    {
        if (Accumulated > 0)
        {
            Step();
        }
    }

    private void Step()
    {
        StepStarting?.Invoke(Steps);
        if (MaxGradientNorm is { } norm)
        {
            var trained = _model.parameters().Where(parameter => parameter.requires_grad);
            nn.utils.clip_grad_norm_(Masters is null ? trained : trained.Select(Masters.Of), norm);
        }

        _optimizer.step();
        Masters?.Apply();
        Accumulated = 0;
        Steps++;
        StepDone?.Invoke();
    }

    private void Drop()
    {
        _optimizer.zero_grad();
        Accumulated = 0;
    }
}
