using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A convolution of images [N, C, H, W].</summary>
    public sealed class Conv2d : Convolution
    {
        internal Conv2d(
            long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding,
            Padding? padding_type, (long, long) dilation, PaddingModes padding_mode, long groups, bool bias,
            Device? device, ScalarType? dtype)
            : base(
                nameof(Conv2d), in_channels, out_channels, Array(kernel_size), Array(stride),
                padding is { } size ? Array(size) : null, padding_type, Array(dilation), false, [0, 0], groups, bias,
                padding_mode, device, dtype)
        {
        }

        /// <summary>Convolves [N, C, H, W] or [C, H, W].</summary>
        /// <exception cref="ArgumentException">The shape is another.</exception>
        public override Tensor forward(Tensor input)
        {
            if (!ValidateShape(input, 2))
            {
                throw new ArgumentException(
                    $"Expected 3D (unbatched) or 4D (batched) input with {in_channels} channels to Conv2d.");
            }

            if (padding_mode != PaddingModes.Zeros)
            {
                using var padded = nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
                return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
            }

            return padding_type is { } type
                ? nn.functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups)
                : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        }

        private static long[] Array((long, long) pair) => [pair.Item1, pair.Item2];
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A convolution of images.</summary>
            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), null,
                    (dilation, dilation), padding_mode, groups, bias, device, dtype);

            /// <summary>A convolution of images.</summary>
            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), null,
                    dilation ?? (1, 1), padding_mode, groups, bias, device, dtype);
        }
    }
}
