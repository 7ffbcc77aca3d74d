using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Averages to a given size.</summary>
    public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveAvgPool2d(long[] output_size)
            : base(nameof(AdaptiveAvgPool2d))
        {
            this.output_size = output_size;
        }

        /// <summary>Height and width of the result.</summary>
        public long[] output_size { get; set; }

        /// <summary>Averages [N, C, H, W] to the size.</summary>
        public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Averages to a given size.</summary>
            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) =>
                new([output_size.Item1, output_size.Item2]);

            /// <summary>Averages to a given size.</summary>
            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) =>
                new([output_size, output_size]);
        }
    }
}
