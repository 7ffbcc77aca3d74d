using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The greatest elements of windows.</summary>
    public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode)
            : base(nameof(MaxPool2d))
        {
            this.kernel_size = kernel_size;
            this.ceil_mode = ceil_mode;
            this.stride = stride!;
            this.padding = padding!;
            this.dilation = dilation!;
        }

        /// <summary>The size of a window.</summary>
        public long[] kernel_size { get; set; }

        /// <summary>How far windows are apart; null is their size.</summary>
        public long[] stride { get; set; }

        /// <summary>How much is added on each side; null is nothing.</summary>
        public long[] padding { get; set; }

        /// <summary>How far elements of a window are apart; null is one.</summary>
        public long[] dilation { get; set; }

        /// <summary>Whether a window may end outside.</summary>
        public bool ceil_mode { get; set; }

        /// <summary>The greatest elements of the windows of [N, C, H, W].</summary>
        public override Tensor forward(Tensor input) =>
            nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The greatest elements of windows.</summary>
            public static Modules.MaxPool2d MaxPool2d(
                long kernel_size, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false) =>
                new(Pair(kernel_size), Pair(stride ?? kernel_size), Pair(padding ?? 0), Pair(dilation ?? 1), ceil_mode);
        }
    }
}
