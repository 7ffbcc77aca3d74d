using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Neural networks.</summary>
    public static partial class nn
    {
        /// <summary>A part of a network: parameters, buffers and parts of its own, under names.</summary>
        public partial class Module : IDisposable
        {
            /// <summary>The name given to the constructor.</summary>
            protected string? name;

            /// <summary>Submodules in the order they were registered.</summary>
            protected OrderedDict<string, Module> _internal_submodules = new();

            /// <summary>Buffers in the order they were registered, and whether they are saved.</summary>
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();

            /// <summary>Parameters in the order they were registered.</summary>
            protected OrderedDict<string, Parameter> _internal_params = new();

            private bool _training = true;
            private bool _disposed;

            /// <summary>A module of that name; parts are registered by <see cref="RegisterComponents"/>.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Nothing to release here: the tensors have finalizers of their own.</summary>
            ~Module() => Dispose(false);

            /// <summary>Whether the module is in training mode.</summary>
            public virtual bool training => _training;

            internal bool IsDisposed => _disposed;

            /// <summary>Disposes parameters, buffers and submodules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes parameters, buffers and submodules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed)
                {
                    return;
                }

                _disposed = true;
                foreach (var (_, (buffer, _)) in _internal_buffers)
                {
                    buffer.DetachFromDisposeScope().Dispose();
                }

                foreach (var (_, parameter) in _internal_params)
                {
                    parameter.DetachFromDisposeScope().Dispose();
                }

                foreach (var (_, module) in named_children().ToArray())
                {
                    module.Dispose();
                }
            }

            /// <summary>Sets training mode, here and in all submodules.</summary>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, module) in named_children())
                {
                    module.train(train);
                }
            }

            /// <summary>Leaves training mode, here and in all submodules.</summary>
            public virtual void eval() => train(false);

            /// <summary>Forgets all gradients, or sets them to zero.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var grad = parameter.grad;
                    if (grad is not null && set_to_none)
                    {
                        parameter.grad = null;
                    }
                    else
                    {
                        grad?.zero_();
                    }
                }
            }

            /// <summary>Runs something on every submodule, then on this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, module) in _internal_submodules)
                {
                    module.apply(fn);
                }

                fn(this);
                return this;
            }

            /// <summary>The name given to the constructor.</summary>
            public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;
        }
    }
}
