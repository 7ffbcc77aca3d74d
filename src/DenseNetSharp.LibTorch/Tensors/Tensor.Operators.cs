namespace TorchSharp;

public static partial class torch
{
    // Operators, with tensors and with .NET's numbers.
    public partial class Tensor
    {
        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => right.neg().add(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => Reciprocal.Call(right).mul(left);

        /// <summary>Negative.</summary>
        public static Tensor operator -(Tensor tensor) => tensor.neg();
    }
}
