using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    // Parts of a tensor.
    public partial class Tensor
    {
        private static readonly Operator Select = new("select", "int");
        private static readonly Operator SliceOp = new("slice", "Tensor");
        private static readonly Operator Narrow = new("narrow");
        private static readonly Operator IndexSelect = new("index_select");
        private static readonly Operator IndexOp = new("index", "Tensor");
        private static readonly Operator IndexPutIn = new("index_put_");

        /// <summary>As Python's <c>x[...]</c>.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => Index(indices);
            set => IndexPut(value, indices);
        }

        /// <summary>The elements at positions, or under a mask.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => Index(Indices(indices));
            set => IndexPut(value, Indices(indices));
        }

        /// <summary>One position of the first dimension.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Assign(value, i1);
        }

        /// <summary>One position of each of the first two dimensions.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At(i1, i2);
            set => Assign(value, i1, i2);
        }

        /// <summary>One position of a dimension, which goes.</summary>
        public Tensor select(long dim, long index) => Select.Call(this, dim, index);

        /// <summary>
        /// Every <paramref name="step"/>th position from <paramref name="start"/> to before <paramref name="finish"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The step is not positive.</exception>
        public Tensor slice(long dim, long start, long finish, long step) => step >= 1
            ? SliceOp.Call(this, dim, start, finish, step)
            : throw new ArgumentException($"step is {step}, but it should always be positive.");

        /// <summary><paramref name="length"/> positions of a dimension.</summary>
        public Tensor narrow(long dim, long start, long length) => Narrow.Call(this, dim, start, length);

        /// <summary>The positions of a dimension that an index tensor names, copied.</summary>
        public Tensor index_select(long dim, Tensor index) => IndexSelect.Call(this, dim, index);

        private Tensor Index(TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(indices);
            if (tensors is null)
            {
                return ReferenceEquals(view, this) ? alias() : view;
            }

            var result = IndexOp.Call(view, Argument.OptionalTensors(tensors));
            Release(view);
            return result;
        }

        private void IndexPut(Tensor value, TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(indices);
            if (tensors is null)
            {
                view.copy_(value);
            }
            else
            {
                IndexPutIn.Run(view, Argument.OptionalTensors(tensors), value);
            }

            Release(view);
        }

        private static TensorIndex[] Indices(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        private Tensor At(params ReadOnlySpan<long> indices)
        {
            var view = this;
            foreach (var index in indices)
            {
                var next = view.select(0, index);
                Release(view);
                view = next;
            }

            return view;
        }

        private void Assign(Tensor value, params ReadOnlySpan<long> indices)
        {
            using var view = At(indices);
            view.copy_(value);
        }

        // Everything but index tensors is a view; what is left is one index tensor (or null) for each dimension.
        private (Tensor View, Tensor?[]? Tensors) Resolve(TensorIndex[] indices)
        {
            var consumed = indices.Sum(part => part.kind switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => part.tensor!.dtype is ScalarType.Bool ? (int)part.tensor.ndim : 1,
                _ => 0,
            });
            var view = this;
            var tensors = new List<Tensor?>();
            var dim = 0L;
            foreach (var part in indices)
            {
                var next = view;
                switch (part.kind)
                {
                    case TensorIndex.Kind.Single:
                        next = view.select(dim, part.first!.Value);
                        break;
                    case TensorIndex.Kind.Slice:
                        next = SliceOp.Call(view, dim, part.first, part.stop, part.step ?? 1);
                        dim++;
                        break;
                    case TensorIndex.Kind.None:
                        next = view.unsqueeze(dim++);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dim += ndim - consumed;
                        break;
                    default:
                        Pad(tensors, dim);
                        tensors.Add(part.tensor);
                        dim += part.tensor!.dtype is ScalarType.Bool ? part.tensor.ndim : 1;
                        break;
                }

                if (!ReferenceEquals(next, view))
                {
                    Release(view);
                    view = next;
                }
            }

            return (view, tensors.Count == 0 ? null : tensors.ToArray());
        }

        private static void Pad(List<Tensor?> tensors, long dim)
        {
            // A mask counts for one entry but several dimensions.
            var covered = tensors.Sum(tensor => tensor?.dtype is ScalarType.Bool ? tensor.ndim : 1);
            for (; covered < dim; covered++)
            {
                tensors.Add(null);
            }
        }

        private void Release(Tensor view)
        {
            if (!ReferenceEquals(view, this))
            {
                view.Dispose();
            }
        }
    }
}
