using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Zeroes elements at random in training.</summary>
    public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout(double p, bool inplace)
            : base(nameof(Dropout))
        {
            this.p = p;
            this.inplace = inplace;
        }

        /// <summary>The probability of zero.</summary>
        public double p { get; set; }

        /// <summary>Whether the argument is overwritten.</summary>
        public bool inplace { get; set; }

        /// <summary>Zeroes elements with a probability, and scales the others up.</summary>
        public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Zeroes elements at random in training.</summary>
            public static Modules.Dropout Dropout(double p = 0.5, bool inplace = false) =>
                new(p, inplace);
        }
    }
}
