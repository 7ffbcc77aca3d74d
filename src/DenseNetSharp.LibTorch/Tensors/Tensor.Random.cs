namespace TorchSharp;

public static partial class torch
{
    // Random fills, and tensors like this one.
    public partial class Tensor
    {
        private static readonly Operator NormalIn = new("normal_");
        private static readonly Operator UniformIn = new("uniform_");
        private static readonly Operator BernoulliIn = new("bernoulli_", "float");
        private static readonly Operator BernoulliOp = new("bernoulli");
        private static readonly Operator MultinomialOp = new("multinomial");
        private static readonly Operator EmptyLike = new("empty_like");
        private static readonly Operator ZerosLike = new("zeros_like");
        private static readonly Operator OnesLike = new("ones_like");
        private static readonly Operator FullLike = new("full_like");
        private static readonly Operator RandLike = new("rand_like");
        private static readonly Operator RandnLike = new("randn_like");

        /// <summary>Draws every element from a normal distribution.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            NormalIn.InPlace(this, this, mean, std, generator);

        /// <summary>Draws every element evenly from a range.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            UniformIn.InPlace(this, this, from, to, generator);

        /// <summary>Sets each element to one with a probability, else to zero.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            BernoulliIn.InPlace(this, this, p, generator);

        /// <summary>Ones and zeros, with these elements as the probabilities of one.</summary>
        public Tensor bernoulli(Generator? generator = null) => BernoulliOp.Call(this, generator);

        /// <summary>Indices drawn with these elements as their weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            MultinomialOp.Call(this, num_samples, replacement, generator);

        /// <summary>A tensor of this shape, with arbitrary elements.</summary>
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            EmptyLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        /// <summary>Zeros of this shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            ZerosLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        /// <summary>Ones of this shape.</summary>
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            OnesLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        /// <summary>A tensor of this shape, every element the same.</summary>
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null,
            bool requires_grad = false) =>
            FullLike.Call(this, value, dtype, Argument.None, device).with(requires_grad);

        /// <summary>Even draws from [0, 1) in this shape.</summary>
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            RandLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        /// <summary>Standard normal draws in this shape.</summary>
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            RandnLike.Call(this, dtype, Argument.None, device).with(requires_grad);

        // A new tensor does not require gradients: nothing to do for false.
        internal Tensor with(bool requires_grad) => requires_grad ? requires_grad_() : this;
    }
}
