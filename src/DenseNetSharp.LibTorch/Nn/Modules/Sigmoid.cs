using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The logistic function.</summary>
    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace)
            : base(nameof(Sigmoid))
        {
            this.inplace = inplace;
        }

        /// <summary>Whether the argument is overwritten.</summary>
        public bool inplace { get; set; }

        /// <summary>The logistic function; in place, of the argument itself.</summary>
        public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The logistic function.</summary>
            public static Modules.Sigmoid Sigmoid() =>
                new(false);

            /// <summary>The logistic function.</summary>
            public static Modules.Sigmoid Sigmoid(bool inplace) =>
                new(inplace);
        }
    }
}
