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
        private static readonly Operator Std = new("std");
        private static readonly Operator StdOver = new("std", "dim");
        private static readonly Operator Var = new("var");
        private static readonly Operator VarOver = new("var", "dim");
        private static readonly Operator Prod = new("prod");
        private static readonly Operator Max = new("max");
        private static readonly Operator MaxOver = new("max", "dim");
        private static readonly Operator Min = new("min");
        private static readonly Operator MinOver = new("min", "dim");
        private static readonly Operator Argmax = new("argmax");
        private static readonly Operator Argmin = new("argmin");
        private static readonly Operator Argsort = new("argsort");
        private static readonly Operator Topk = new("topk");
        private static readonly Operator All = new("all");
        private static readonly Operator AllOver = new("all", "dim");
        private static readonly Operator Any = new("any");
        private static readonly Operator AnyOver = new("any", "dim");
        private static readonly Operator Norm = new("norm", "Scalar");
        private static readonly Operator NormOver = new("norm", "ScalarOpt_dim");
        private static readonly Operator Cumsum = new("cumsum");
        private static readonly Operator Bincount = new("bincount");
        private static readonly Operator CountNonzero = new("count_nonzero");
        private static readonly Operator CountNonzeroOver = new("count_nonzero", "dim_IntList");

        /// <summary>The sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Sum.Call(this, type);

        /// <summary>The sum over dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            SumOver.Call(this, dim, keepdim, type);

        /// <summary>The sum over dimensions.</summary>
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            sum(dim.ToArray(), keepdim, type);

        /// <summary>The sum over a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Mean.Call(this);

        /// <summary>The mean over dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            MeanOver.Call(this, dimensions, keepdim, type);

        /// <summary>The standard deviation of all elements.</summary>
        public Tensor std(bool unbiased = true) => Std.Call(this, unbiased);

        /// <summary>The standard deviation over dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(StdOver.Call(this, dimensions, unbiased, keepdim), type);

        /// <summary>The standard deviation over a dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std([dim], unbiased, keepdim, type);

        /// <summary>The variance of all elements.</summary>
        public Tensor var(bool unbiased = true) => Var.Call(this, unbiased);

        /// <summary>The variance over dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(VarOver.Call(this, dimensions, unbiased, keepdim), type);

        /// <summary>The variance over a dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var([dim], unbiased, keepdim, type);

        /// <summary>The product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => Prod.Call(this, type);

        /// <summary>The greatest element.</summary>
        public Tensor max() => Max.Call(this);

        /// <summary>The greater of two tensors, element by element.</summary>
        public Tensor max(Tensor other) => maximum(other);

        /// <summary>The greatest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            MaxOver.CallPair(this, dim, keepdim);

        /// <summary>The least element.</summary>
        public Tensor min() => Min.Call(this);

        /// <summary>The lesser of two tensors, element by element.</summary>
        public Tensor min(Tensor other) => minimum(other);

        /// <summary>The least elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            MinOver.CallPair(this, dim, keepdim);

        /// <summary>Where the greatest element is, in the flattened tensor.</summary>
        public Tensor argmax() => Argmax.Call(this);

        /// <summary>Where the greatest elements along a dimension are.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Argmax.Call(this, dim, keepdim);

        /// <summary>Where the least element is, in the flattened tensor.</summary>
        public Tensor argmin() => Argmin.Call(this);

        /// <summary>Where the least elements along a dimension are.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Argmin.Call(this, dim, keepdim);

        /// <summary>The order that sorts a dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Argsort.Call(this, dim, descending);

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

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2.0f) => Norm.Call(this, (Scalar)p);

        /// <summary>The p-norm along a dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) =>
            NormOver.Call(this, (Scalar)p, new long[] { dim }, keepdim);

        /// <summary>The running sum along a dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => Cumsum.Call(this, dim, type);

        /// <summary>How often each number from 0 up occurs.</summary>
        public Tensor bincount(Tensor? weights, long minlength = 0) => Bincount.Call(this, weights, minlength);

        /// <summary>How many elements are not zero.</summary>
        public Tensor count_nonzero(long[]? dims = null) =>
            dims is null ? CountNonzero.Call(this) : CountNonzeroOver.Call(this, dims);

        private static Tensor As(Tensor tensor, ScalarType? type) =>
            type is null ? tensor : tensor.to_type(type.Value, disposeAfter: true);
    }
}
