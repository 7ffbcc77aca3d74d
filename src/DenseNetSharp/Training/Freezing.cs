namespace DenseNetSharp.Training;

/// <summary>Which parts of a network training changes.</summary>
public static class Freezing
{
    /// <summary>Freezes everything but the classifier, the usual start with pretrained features.</summary>
    /// <param name="model">The network.</param>
    /// <returns>The network.</returns>
    public static DenseNet FreezeFeatures(this DenseNet model) => model.SetTrainable(false, "features");

    /// <summary>Makes parts trainable again, for example <c>features.denseblock4</c> and <c>features.norm5</c>.</summary>
    /// <param name="model">The network.</param>
    /// <param name="names">Modules' names as in the state dict; everything below a name is meant.</param>
    /// <returns>The network. Make the optimizer afterwards, or add a parameter group.</returns>
    /// <exception cref="ArgumentException">The network has no such module; nothing has changed.</exception>
    public static DenseNet Unfreeze(this DenseNet model, params IEnumerable<string> names) => model.SetTrainable(true, [.. names]);

    /// <summary>Freezes parts: they get no gradients, and their batch norms keep their statistics
    /// (<see cref="Trainer.EnterTraining"/>).</summary>
    /// <param name="model">The network.</param>
    /// <param name="names">Modules' names as in the state dict; everything below a name is meant.</param>
    /// <returns>The network.</returns>
    /// <exception cref="ArgumentException">The network has no such module; nothing has changed.</exception>
    public static DenseNet Freeze(this DenseNet model, params IEnumerable<string> names) => model.SetTrainable(false, [.. names]);

    private static DenseNet SetTrainable(this DenseNet model, bool trainable, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(model);
        var modules = model.NamedModules().ToDictionary(entry => entry.Name, entry => entry.Module);
        foreach (var name in names)
        {
            ModuleExtensions.RequireModule(name, modules.Keys, nameof(names));
        }

        foreach (var parameter in names.SelectMany(name => modules[name].parameters()))
        {
            parameter.requires_grad = trainable;
            if (!trainable)
            {
                // What is left of an earlier step must not move it.
                parameter.grad = null;
            }
        }

        return model;
    }
}
