using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The averages of windows.</summary>
    public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AvgPool2d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode,
            bool count_include_pad, long? divisor_override)
            : base(nameof(AvgPool2d))
        {
            this.kernel_size = kernel_size;
            this.ceil_mode = ceil_mode;
            this.count_include_pad = count_include_pad;
            this.divisor_override = divisor_override;
            this.stride = stride!;
            this.padding = padding!;
        }

        /// <summary>The size of a window.</summary>
        public long[] kernel_size { get; set; }

        /// <summary>How far windows are apart; null is their size.</summary>
        public long[] stride { get; set; }

        /// <summary>How much is added on each side; null is nothing.</summary>
        public long[] padding { get; set; }

        /// <summary>Whether a window may end outside.</summary>
        public bool ceil_mode { get; set; }

        /// <summary>Whether the padding counts in the average.</summary>
        public bool count_include_pad { get; set; }

        /// <summary>What to divide by instead of the size.</summary>
        public long? divisor_override { get; set; }

        /// <summary>The averages of the windows of [N, C, H, W].</summary>
        public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(
            input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The averages of windows.</summary>
            public static Modules.AvgPool2d AvgPool2d(
                long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                new(Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);
        }
    }
}
