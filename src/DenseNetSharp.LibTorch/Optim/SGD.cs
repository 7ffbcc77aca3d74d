using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Stochastic gradient descent.</summary>
            public static Modules.SGD SGD(
                IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            /// <summary>Stochastic gradient descent, with options for each group of parameters.</summary>
            public static Modules.SGD SGD(
                IEnumerable<Modules.SGD.ParamGroup> parameters, double learningRate, double momentum = 0.0,
                double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent, step by step as in torch.optim.sgd's single-tensor form.</summary>
    public class SGD : OptimizerHelper, optim.IMomentum
    {
        /// <summary>One group of parameters.</summary>
        public SGD(
            IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov,
                maximize)
        {
        }

        /// <summary>Groups of parameters; options that a group does not set are these.</summary>
        /// <exception cref="ArgumentException">An option is out of range.</exception>
        public SGD(
            IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false, bool maximize = false)
        {
            Require(lr >= 0, $"Invalid learning rate: {lr}");
            Require(momentum >= 0, $"Invalid momentum value: {momentum}");
            Require(weight_decay >= 0, $"Invalid weight_decay value: {weight_decay}");
            Require(!nesterov || (momentum > 0 && dampening == 0),
                "Nesterov momentum requires a momentum and zero dampening");
            _defaults = new Options
            {
                LearningRate = lr,
                InitialLearningRate = lr,
                momentum = momentum,
                dampening = dampening,
                weight_decay = weight_decay,
                nesterov = nesterov,
                maximize = maximize,
            };
            foreach (var group in parameters)
            {
                add_param_group(group);
            }
        }

        /// <summary>The momentum of groups added from now on.</summary>
        public double Momentum
        {
            get => ((Options)_defaults).momentum!.Value;
            set => ((Options)_defaults).momentum = value;
        }

        /// <summary>Changes the parameters; a closure, if given, computes gradients and loss first.</summary>
        public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

        /// <summary>Adds parameters with options of their own.</summary>
        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var defaults = (Options)_defaults;
            var options = (Options)(param_group.Options ??= new Options());
            options.LearningRate ??= defaults.LearningRate;
            options.momentum ??= defaults.momentum;
            options.dampening ??= defaults.dampening;
            options.weight_decay ??= defaults.weight_decay;
            options.nesterov ??= defaults.nesterov;
            options.maximize ??= defaults.maximize;
            options.InitialLearningRate = options.LearningRate!.Value;
            base.add_param_group(param_group);
            foreach (var parameter in param_group.Parameters)
            {
                _state[parameter.Handle] = new State(parameter);
            }
        }

        /// <summary>Disposes the momentum.</summary>
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                foreach (var (_, state) in _state)
                {
                    ((State)state).Dispose();
                }

                _state.Clear();
            }
        }

        private void Update(ParamGroup group)
        {
            var options = group.Options;
            var (rate, momentum) = (options.LearningRate!.Value, options.momentum!.Value);
            foreach (var parameter in group.Parameters)
            {
                var state = (State)_state[parameter.Handle];
                var gradient = parameter.grad;
                if (gradient is null)
                {
                    continue;
                }

                if (options.weight_decay != 0)
                {
                    gradient = gradient.add(parameter, options.weight_decay!.Value);
                }

                if (momentum != 0)
                {
                    if (state.momentum_buffer is null)
                    {
                        state.momentum_buffer = gradient.clone().DetachFromDisposeScope();
                    }
                    else
                    {
                        state.momentum_buffer.mul_(momentum).add_(gradient, 1 - options.dampening!.Value);
                    }

                    gradient = options.nesterov!.Value
                        ? gradient.add(state.momentum_buffer, momentum)
                        : state.momentum_buffer;
                }

                parameter.add_(gradient, options.maximize!.Value ? rate : -rate);
            }
        }

        private static void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new ArgumentException(message);
            }
        }

        /// <summary>The momentum of one parameter.</summary>
        public sealed class State : OptimizerState, IDisposable
        {
            /// <summary>The running sum of gradients, from the first step on.</summary>
            public Tensor? momentum_buffer;

            /// <summary>For a parameter.</summary>
            public State(Parameter parameter)
                : base(parameter)
            {
            }

            /// <summary>Disposes the buffer.</summary>
            public void Dispose() => momentum_buffer?.Dispose();

            /// <summary>Moves to a device.</summary>
            public override void to(Device device) =>
                momentum_buffer = momentum_buffer?.to(device).DetachFromDisposeScope();

            /// <summary>Reads the buffer.</summary>
            public override void LoadStateDict(BinaryReader reader) =>
                LoadConditionalStateTensor(reader, ref momentum_buffer, _parameter.device);

            /// <summary>Copies the buffer.</summary>
            public override void LoadStateDict(OptimizerState source)
            {
                momentum_buffer?.Dispose();
                momentum_buffer = Copy(((State)source).momentum_buffer);
            }

            /// <summary>Writes the buffer.</summary>
            public override void SaveStateDict(BinaryWriter writer) =>
                SaveConditionalStateTensor(writer, momentum_buffer);

            /// <summary>Whether the buffers are about equal.</summary>
            public override bool ApproximatelyEquals(OptimizerState other) => other is State state &&
                (momentum_buffer is null || momentum_buffer.allclose(state.momentum_buffer!));

            /// <summary>Forgets the buffer.</summary>
            public override void Initialize(OptimizerOptions options)
            {
                momentum_buffer?.Dispose();
                momentum_buffer = null;
            }
        }

        /// <summary>Options of a group; null takes the optimizer's.</summary>
        public class Options : OptimizerOptions
        {
            /// <summary>How much of the last step stays.</summary>
            public double? momentum;

            /// <summary>How much of the gradient does not go into the momentum.</summary>
            public double? dampening;

            /// <summary>How much of the parameter is added to its gradient.</summary>
            public double? weight_decay;

            /// <summary>Whether the momentum looks ahead.</summary>
            public bool? nesterov;

            /// <summary>Whether to climb.</summary>
            public bool? maximize;

            /// <summary>Reads the options.</summary>
            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                momentum = reader.ReadDouble();
                dampening = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
                nesterov = reader.ReadBoolean();
                maximize = reader.ReadBoolean();
            }

            /// <summary>Takes over the options.</summary>
            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var options = (Options)source;
                momentum = options.momentum;
                dampening = options.dampening;
                weight_decay = options.weight_decay;
                nesterov = options.nesterov;
                maximize = options.maximize;
            }

            /// <summary>Writes the options.</summary>
            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(momentum!.Value);
                writer.Write(dampening!.Value);
                writer.Write(weight_decay!.Value);
                writer.Write(nesterov!.Value);
                writer.Write(maximize!.Value);
            }
        }

        /// <summary>Parameters with options of their own.</summary>
        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            /// <summary>No parameters yet.</summary>
            public ParamGroup()
            {
            }

            /// <summary>Parameters and their options.</summary>
            public ParamGroup(IEnumerable<Parameter> parameters, Options options)
                : base(parameters, options)
            {
            }

            /// <summary>Parameters and their options.</summary>
            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : base(parameters, new Options
                {
                    LearningRate = lr,
                    momentum = momentum,
                    dampening = dampening,
                    weight_decay = weight_decay,
                    nesterov = nesterov,
                    maximize = maximize,
                })
            {
            }

            /// <summary>The momentum.</summary>
            public double Momentum
            {
                get => Options.momentum!.Value;
                set => Options.momentum = value;
            }
        }
    }
}
