namespace DenseNetSharp.Training;

/// <summary>What a run changes in a network besides its weights, to be undone: the network trains what it trained before.</summary>
internal sealed class NetworkBeforeRun(DenseNet model)
{
    private readonly bool[] _wereTrainable = [.. model.parameters().Select(parameter => parameter.requires_grad)];

    /// <summary>Leaves the network as it was, in evaluation mode and without gradients.</summary>
    public void Restore()
    {
        // Not the parameters that were found: bfloat16 and back makes others.
        foreach (var (parameter, wasTrainable) in model.parameters().Zip(_wereTrainable))
        {
            parameter.requires_grad = wasTrainable;
            parameter.grad = null;
        }

        model.eval();
    }
}
