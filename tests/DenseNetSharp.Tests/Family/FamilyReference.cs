using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Family;

/// <summary>What Reference/family.py writes.</summary>
public sealed class FamilyReference() : ReferenceFiles("family.py")
{
    /// <summary>The network with the reference's weights, in evaluation mode.</summary>
    internal DenseNet Load(string name, bool memoryEfficient = false)
    {
        // The reference's, too.
        set_num_threads(1);
        var model = new DenseNet(FamilyNetworks.Get(name), memoryEfficient);
        using var weights = Checkpoint.Open(this[$"{name}.pth"]);
        model.Restore(weights);
        model.eval();
        return model;
    }

    /// <summary>Inputs and outputs.</summary>
    internal Checkpoint Expected(string name) => Checkpoint.Open(this[$"{name}-expected.pth"]);
}
