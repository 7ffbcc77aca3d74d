using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Several dimensions as one.</summary>
    public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Flatten(long start_dim, long end_dim)
            : base(nameof(Flatten))
        {
            this.start_dim = start_dim;
            this.end_dim = end_dim;
        }

        /// <summary>The first one.</summary>
        public long start_dim { get; set; }

        /// <summary>The last one.</summary>
        public long end_dim { get; set; }

        /// <summary>Joins the dimensions.</summary>
        public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Several dimensions as one.</summary>
            public static Modules.Flatten Flatten(long start_dim = 1, long end_dim = -1) =>
                new(start_dim, end_dim);
        }
    }
}
