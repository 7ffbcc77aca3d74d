using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>A hook on a layer for the passes of the thread that makes it; passes on other threads do not meet it.</summary>
    private sealed class Tap : IDisposable
    {
        private readonly DenseNet _network;
        private readonly Func<Tensor, Tensor> _hook;
        private readonly nn.Module _module;
        private readonly Action _remove;
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly bool _isAlone;

        /// <summary>Puts the hook on when no pass is under way.</summary>
        /// <param name="network">The network.</param>
        /// <param name="layer">The module's name.</param>
        /// <param name="hook">What is made of the module's output.</param>
        /// <exception cref="ArgumentException">There is no such module, or it gives no tensor.</exception>
        public Tap(DenseNet network, string layer, Func<Tensor, Tensor> hook)
        {
            ArgumentException.ThrowIfNullOrEmpty(layer);
            (_network, _hook) = (network, hook);
            using var change = network._gate.Change();
            var module = network.NamedModules().FirstOrDefault(entry => entry.Name == layer).Module;
            _isAlone = module is not null && !ForwardHooks.See(module);
            _remove = module switch
            {
                nn.Module<Tensor, Tensor> single => single.register_forward_hook((_, _, output) => Hooked(output)).remove,
                nn.Module<IList<Tensor>, Tensor> dense => dense.register_forward_hook((_, _, output) => Hooked(output)).remove,
                _ => throw new ArgumentException(
                    $"The network has no layer '{layer}'; print(model), NamedModules() and 'densenet summary' list them, features.denseblock4 for example.",
                    nameof(layer)),
            };
            ForwardHooks.CountTap(_module = module!, 1);
        }

        /// <summary>Takes the hook off when no pass is under way.</summary>
        public void Dispose()
        {
            try
            {
                using var change = _network._gate.Change();
                _remove();
                ForwardHooks.CountTap(_module, -1);
            }
            catch (ObjectDisposedException)
            {
                // The hook has gone with the network.
            }
        }

        private Tensor Hooked(Tensor output)
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                return output;
            }

            var result = _hook(output);
            if (_isAlone && !ReferenceEquals(result, output))
            {
                output.Dispose();
            }

            return result;
        }
    }

    /// <summary>Evaluation mode for a while; then every module is in the mode that it was in.</summary>
    private sealed class EvaluationMode : IDisposable
    {
        private readonly (nn.Module Module, bool IsTraining)[] _modes;

        public EvaluationMode(DenseNet network)
        {
            _modes = [.. network.NamedModules().Select(entry => (entry.Module, entry.Module.training))];
            if (Array.Exists(_modes, mode => mode.IsTraining))
            {
                network.eval();
            }
            else
            {
                _modes = [];
            }
        }

        public void Dispose()
        {
            // Each sets its children's too, who come after it.
            foreach (var (module, isTraining) in _modes)
            {
                module.train(isTraining);
            }
        }
    }
}
