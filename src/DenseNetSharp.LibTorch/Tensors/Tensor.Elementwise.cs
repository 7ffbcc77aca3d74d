namespace TorchSharp;

public static partial class torch
{
    // Functions of each element.
    public partial class Tensor
    {
        private static readonly Operator Neg = new("neg");
        private static readonly Operator Abs = new("abs");
        private static readonly Operator Exp = new("exp");
        private static readonly Operator Log = new("log");
        private static readonly Operator Sqrt = new("sqrt");
        private static readonly Operator Reciprocal = new("reciprocal");
        private static readonly Operator Sigmoid = new("sigmoid");
        private static readonly Operator Relu = new("relu");
        private static readonly Operator ReluIn = new("relu_");
        private static readonly Operator Maximum = new("maximum");
        private static readonly Operator FillIn = new("fill_", "Scalar");
        private static readonly Operator ZeroIn = new("zero_");

        /// <summary>The negative.</summary>
        public Tensor neg() => Neg.Call(this);

        /// <summary>The absolute value.</summary>
        public Tensor abs() => Abs.Call(this);

        /// <summary>The exponential.</summary>
        public Tensor exp() => Exp.Call(this);

        /// <summary>The natural logarithm.</summary>
        public Tensor log() => Log.Call(this);

        /// <summary>The square root.</summary>
        public Tensor sqrt() => Sqrt.Call(this);

        /// <summary>The logistic function.</summary>
        public Tensor sigmoid() => Sigmoid.Call(this);

        /// <summary>The positive part.</summary>
        public Tensor relu() => Relu.Call(this);

        /// <summary>The positive part, in place.</summary>
        public Tensor relu_() => ReluIn.InPlace(this, this);

        /// <summary>The exponential function, normalised along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Softmax.Call(this, dim, dtype);

        /// <summary>The logarithm of <see cref="softmax"/>.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => LogSoftmax.Call(this, dim, dtype);

        /// <summary>The greater of two tensors, element by element.</summary>
        public Tensor maximum(Tensor other) => Maximum.Call(this, other);

        /// <summary>Sets every element.</summary>
        public Tensor fill_(Scalar value) => FillIn.InPlace(this, this, value);

        /// <summary>Sets every element to zero.</summary>
        public Tensor zero_() => ZeroIn.InPlace(this, this);
    }
}
