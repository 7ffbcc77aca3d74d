namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function's forward pass hands to its backward pass.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> _data = [];
            private List<Tensor> _saved = [];
            private List<Tensor> _dirty = [];
            private List<Tensor> _nonDifferentiable = [];
            private nint _native;

            internal AutogradContext()
            {
            }

            /// <summary>
            /// Whether missing gradients arrive as zeros (the default) rather than as invalid tensors.
            /// </summary>
            public bool MaterializeGrads { get; private set; } = true;

            /// <summary>Keeps tensors for the backward pass: inputs, outputs, or intermediate results.</summary>
            public void save_for_backward(List<Tensor> tensors) => _saved = tensors;

            /// <summary>The tensors kept for the backward pass.</summary>
            public List<Tensor> get_saved_variables()
            {
                nint* handles;
                long count;
                Bridge.Check(Bridge.ContextSaved(_native, &handles, &count));
                return Handles.Take(handles, count).ToList()!;
            }

            /// <summary>Keeps anything that is not a tensor.</summary>
            public void save_data(string key, object value) => _data[key] = value;

            /// <summary>What was kept under a key, or null.</summary>
            public object get_data(string key) => _data.GetValueOrDefault(key)!;

            /// <summary>Says which inputs the forward pass changed in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => _dirty = tensors.ToList();

            /// <summary>Says which outputs have no gradient.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => _nonDifferentiable = tensors.ToList();

            /// <summary>Sets whether missing gradients arrive as zeros rather than as invalid tensors.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>Forgets what was kept.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Forgets what was kept.</summary>
            protected virtual void Dispose(bool disposing) => _data.Clear();

            /// <summary>The native context is only there while one of the passes runs.</summary>
            internal Visit During(nint native)
            {
                _native = native;
                return new Visit(this);
            }

            /// <summary>Hands over what the forward pass set.</summary>
            internal void Store()
            {
                Mark(0, _saved);
                Mark(1, _nonDifferentiable);
                Mark(2, _dirty);
                Bridge.ContextMaterialize(_native, MaterializeGrads ? 1 : 0);
                _saved = [];
                _nonDifferentiable = [];
                _dirty = [];
            }

            private void Mark(int kind, List<Tensor> tensors)
            {
                if (tensors.Count > 0)
                {
                    var handles = tensors.ConvertAll(tensor => tensor?.handle ?? 0).ToArray();
                    fixed (nint* at = handles)
                    {
                        Bridge.Check(Bridge.ContextMark(_native, kind, at, handles.Length));
                    }
                }
            }

            internal readonly struct Visit(AutogradContext context) : IDisposable
            {
                public void Dispose() => context._native = 0;
            }
        }
    }
}
