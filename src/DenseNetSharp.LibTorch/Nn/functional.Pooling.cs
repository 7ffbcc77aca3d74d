namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator MaxPool2dOp = new("max_pool2d");
            private static readonly Operator AvgPool2dOp = new("avg_pool2d");
            private static readonly Operator AdaptiveAvgPool2dOp = new("adaptive_avg_pool2d");

            /// <summary>The greatest elements of windows.</summary>
            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null,
                long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                MaxPool2dOp.Call(
                    input, kernel_size, strides ?? kernel_size, padding ?? [0], dilation ?? [1], ceil_mode);

            /// <summary>The greatest elements of windows.</summary>
            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null,
                long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            /// <summary>The averages of windows.</summary>
            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                AvgPool2dOp.Call(
                    input, kernel_size, stride ?? [], padding ?? [0], ceil_mode, count_include_pad, divisor_override);

            /// <summary>The averages of windows.</summary>
            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(
                    input, Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad,
                    divisor_override);

            /// <summary>Averages to a given size.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                AdaptiveAvgPool2dOp.Call(input, output_size);

            /// <summary>Averages to a given size.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                AdaptiveAvgPool2dOp.Call(input, Pair(output_size));
        }
    }
}
