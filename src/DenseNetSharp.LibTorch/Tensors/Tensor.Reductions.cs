namespace TorchSharp;

public static partial class torch
{
    // From many elements to fewer.
    public partial class Tensor
    {
        private static readonly Operator Sum = new("sum");
        private static readonly Operator SumOver = new("sum", "dim_IntList");
        private static readonly Operator Mean = new("mean");
        private static readonly Operator MeanOver = new("mean", "dim");
        private static readonly Operator Max = new("max");
        private static readonly Operator MaxOver = new("max", "dim");
        private static readonly Operator Min = new("min");
        private static readonly Operator MinOver = new("min", "dim");
        private static readonly Operator Argmax = new("argmax");
        private static readonly Operator Topk = new("topk");
        private static readonly Operator All = new("all");
        private static readonly Operator AllOver = new("all", "dim");
        private static readonly Operator Any = new("any");
        private static readonly Operator AnyOver = new("any", "dim");

        /// <summary>The sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Sum.Call(this, type);

        /// <summary>The sum over dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            SumOver.Call(this, dim, keepdim, type);

        /// <summary>The sum over a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Mean.Call(this);

        /// <summary>The mean over dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            MeanOver.Call(this, dimensions, keepdim, type);

        /// <summary>The greatest element.</summary>
        public Tensor max() => Max.Call(this);

        /// <summary>The greatest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            MaxOver.CallPair(this, dim, keepdim);

        /// <summary>The least element.</summary>
        public Tensor min() => Min.Call(this);

        /// <summary>The least elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            MinOver.CallPair(this, dim, keepdim);

        /// <summary>Where the greatest element is, in the flattened tensor.</summary>
        public Tensor argmax() => Argmax.Call(this);

        /// <summary>Where the greatest elements along a dimension are.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Argmax.Call(this, dim, keepdim);

        /// <summary>The greatest (or least) elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Topk.CallPair(this, k, dim, largest, sorted);

        /// <summary>Whether all elements are true.</summary>
        public Tensor all() => All.Call(this);

        /// <summary>Whether all elements along a dimension are true.</summary>
        public Tensor all(long dim, bool keepdim = false) => AllOver.Call(this, dim, keepdim);

        /// <summary>Whether any element is true.</summary>
        public Tensor any() => Any.Call(this);

        /// <summary>Whether any element along a dimension is true.</summary>
        public Tensor any(long dim, bool keepdim = false) => AnyOver.Call(this, dim, keepdim);
    }
}
