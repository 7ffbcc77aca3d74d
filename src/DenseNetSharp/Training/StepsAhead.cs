using DenseNetSharp.Classification;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>Steps that begin before the loss of the one before is known, so that a device need not wait for its next work.</summary>
/// <param name="learner">What learns.</param>
/// <param name="record">Told each batch's number, images and loss, in order.</param>
internal sealed class StepsAhead(Learner learner, Action<int, int, float> record) : IDisposable
{
    private (int Batch, int Images, long Steps, Tensor Loss)? _pending;

    /// <summary>Begins a step, and then waits for the loss of the one before.</summary>
    /// <inheritdoc cref="Learner.Train" path="/param|/exception"/>
    public void Add(EpochBatch batch, ClassificationTask task, int epoch)
    {
        var steps = learner.Trainer.Steps;
        var loss = learner.TrainAhead(batch, task, epoch);
        try
        {
            Settle();
        }
        catch
        {
            loss.Dispose();
            throw;
        }

        _pending = (batch.Index, batch.Count, steps, loss);
    }

    /// <summary>Waits for the loss of the last step.</summary>
    /// <exception cref="DivergedException">The loss is not a number.</exception>
    public void Settle()
    {
        if (_pending is var (batch, images, steps, loss))
        {
            _pending = null;
            using (loss)
            {
                record(batch, images, learner.Trainer.ValueOf(loss, steps));
            }
        }
    }

    public void Dispose() => _pending?.Loss.Dispose();
}
