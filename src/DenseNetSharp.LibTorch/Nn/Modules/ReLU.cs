using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The positive part.</summary>
    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace)
            : base(nameof(ReLU))
        {
            this.inplace = inplace;
        }

        /// <summary>Whether the argument is overwritten.</summary>
        public bool inplace { get; set; }

        /// <summary>The positive part; in place, of the argument itself.</summary>
        public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The positive part.</summary>
            public static Modules.ReLU ReLU(bool inplace = false) =>
                new(inplace);
        }
    }
}
