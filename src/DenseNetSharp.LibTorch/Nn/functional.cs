namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Sizes of windows for images.
        private static long[] Pair(long size) => [size, size];

        private static long[]? Pair(long? size) => size is { } both ? [both, both] : null;

        private static long[] Pair((long, long) size) => [size.Item1, size.Item2];

        /// <summary>The operations behind the modules.</summary>
        public static partial class functional
        {
            private static readonly Operator Conv2d = new("conv2d");
            private static readonly Operator Conv2dPadding = new("conv2d", "padding");
            private static readonly Operator BatchNorm = new("batch_norm");
            private static readonly Operator LinearOp = new("linear");
            private static readonly Operator DropoutOp = new("dropout");
            private static readonly Operator DropoutIn = new("dropout_");
            private static readonly Operator Pad = new("pad");

            /// <summary>The positive part; in place, of the argument itself.</summary>
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            /// <summary>The logistic function.</summary>
            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            /// <summary>The exponential function, normalised along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                input.softmax(dim, dtype);

            /// <summary>The logarithm of the softmax.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>Zeroes elements with a probability, and scales the others up.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? DropoutIn : DropoutOp).Call(input, p, training);

            /// <summary>A matrix product and a bias.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                LinearOp.Call(input, weights, bias);

            /// <summary>A convolution of images.</summary>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Conv2d.Call(input, weight, bias, strides ?? [1], padding ?? [0], dilation ?? [1], groups);

            /// <summary>A convolution of images, padded by its effect.</summary>
            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Conv2dPadding.Call(
                    input, weight, bias, strides ?? [1], padding == Padding.Same ? "same" : "valid",
                    dilation ?? [1], groups);

            /// <summary>Normalises each channel, by the batch in training, else by the running statistics.</summary>
            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                BatchNorm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            /// <summary>Adds a border: sizes from the last dimension to the first, two for each.</summary>
            public static Tensor pad(
                Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
                {
                    PaddingModes.Zeros or PaddingModes.Constant => Pad.Call(input, pad, "constant", value),
                    _ => Pad.Call(input, pad, mode.ToString().ToLowerInvariant()),
                };
        }
    }
}
