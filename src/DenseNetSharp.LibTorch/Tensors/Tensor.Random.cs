namespace TorchSharp;

public static partial class torch
{
    // Random fills, and tensors like this one.
    public partial class Tensor
    {
        private static readonly Operator NormalIn = new("normal_");
        private static readonly Operator UniformIn = new("uniform_");
        private static readonly Operator ZerosLike = new("zeros_like");

        /// <summary>Draws every element from a normal distribution.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            NormalIn.InPlace(this, this, mean, std, generator);

        /// <summary>Draws every element evenly from a range.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            UniformIn.InPlace(this, this, from, to, generator);

        /// <summary>Zeros of this shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            ZerosLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        // A new tensor does not require gradients: nothing to do for false.
        internal Tensor with(bool requires_grad) => requires_grad ? requires_grad_() : this;
    }
}
