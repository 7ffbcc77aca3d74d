using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Modules that are called one after another, and leave a hook what it has seen; TorchSharp's <c>Sequential</c> frees it.</summary>
internal static class ModuleRow
{
    /// <summary>PyTorch's <c>Sequential</c>.</summary>
    public static TorchSharp.Modules.Sequential Of(IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> modules)
    {
        var row = new Sequential();
        foreach (var (name, module) in modules)
        {
            row.append(name, module);
        }

        return row;
    }

    /// <summary>Calls modules and frees what lies between them, unless a hook sees it.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="input">What the first gets.</param>
    /// <param name="freesInput">Whether the input lies between too: it is freed as soon as it is used.</param>
    /// <returns>What the last gives; the caller's to dispose, unless a hook saw it.</returns>
    public static Tensor Call(IEnumerable<nn.Module> modules, Tensor input, bool freesInput = false)
    {
        var (values, isOurs) = (input, freesInput);
        foreach (nn.Module<Tensor, Tensor> module in modules)
        {
            var isSeen = ForwardHooks.See(module);
            var given = values;
            try
            {
                values = module.call(given);
            }
            finally
            {
                if (isOurs && !isSeen)
                {
                    given.Dispose();
                }
            }

            isOurs = !isSeen;
        }

        return values;
    }

    // Named as what it is: names of types are part of a network's text.
    private sealed class Sequential() : TorchSharp.Modules.Sequential(TorchLibrary.RequiredFor(Array.Empty<nn.Module<Tensor, Tensor>>()))
    {
        /// <inheritdoc/>
        public override Tensor forward(Tensor tensor) => Call(children(), tensor);
    }
}
