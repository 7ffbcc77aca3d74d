namespace TorchSharp;

public static partial class torch
{
    // Shapes, views and copies.
    public partial class Tensor
    {
        private static readonly Operator Reshape = new("reshape");
        private static readonly Operator View = new("view");
        private static readonly Operator Flatten = new("flatten", "using_ints");
        private static readonly Operator Unsqueeze = new("unsqueeze");
        private static readonly Operator Squeeze = new("squeeze");
        private static readonly Operator SqueezeDim = new("squeeze", "dim");
        private static readonly Operator Transpose = new("transpose", "int");
        private static readonly Operator Permute = new("permute");
        private static readonly Operator Expand = new("expand");
        private static readonly Operator Contiguous = new("contiguous");
        private static readonly Operator Alias = new("alias");
        private static readonly Operator Clone = new("clone");
        private static readonly Operator Detach = new("detach");
        private static readonly Operator CopyIn = new("copy_");

        /// <summary>Another shape over the same elements, in place where the layout allows.</summary>
        public Tensor reshape(params long[] shape) => Reshape.Call(this, shape);

        /// <summary>Another shape over the same memory.</summary>
        public Tensor view(params long[] shape) => View.Call(this, shape);

        /// <summary>Several dimensions as one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Flatten.Call(this, start_dim, end_dim);

        /// <summary>A new dimension of size one.</summary>
        public Tensor unsqueeze(long dim) => Unsqueeze.Call(this, dim);

        /// <summary>Without a dimension of size one, or without all of them.</summary>
        public Tensor squeeze(long? dim = null) => dim is null ? Squeeze.Call(this) : SqueezeDim.Call(this, dim);

        /// <summary>Two dimensions exchanged.</summary>
        public Tensor transpose(long dim0, long dim1) => Transpose.Call(this, dim0, dim1);

        /// <summary>Dimensions in another order.</summary>
        public Tensor permute(params long[] permutation) => Permute.Call(this, permutation);

        /// <summary>Dimensions of size one repeated without copying.</summary>
        public Tensor expand(params long[] sizes) => Expand.Call(this, sizes);

        /// <summary>A copy of the elements in row order, or this tensor's memory if it already is.</summary>
        public Tensor contiguous() => Contiguous.Call(this);

        /// <summary>A view of the same memory under another tensor object.</summary>
        public Tensor alias() => Alias.Call(this);

        /// <summary>A copy that gradients flow through.</summary>
        public Tensor clone() => Clone.Call(this);

        /// <summary>The same memory, outside the graph.</summary>
        public Tensor detach() => Detach.Call(this);

        /// <summary>Copies another tensor's elements into this one.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => CopyIn.InPlace(this, this, source, nonBlocking);
    }
}
