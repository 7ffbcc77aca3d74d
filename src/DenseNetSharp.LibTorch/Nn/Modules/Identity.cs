using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Does nothing.</summary>
    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity()
            : base(nameof(Identity))
        {
        }

        /// <summary>Another tensor object for the argument.</summary>
        public override Tensor forward(Tensor tensor) => tensor.alias();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Does nothing.</summary>
            public static Modules.Identity Identity() =>
                new();
        }
    }
}
