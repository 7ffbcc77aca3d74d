using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Normalises each channel of [N, C, H, W] over batch and image.</summary>
    public sealed class BatchNorm2d : BatchNorm
    {
        // The name is what TorchSharp gives it.
        internal BatchNorm2d(
            long num_features, double eps, double momentum, bool affine, bool track_running_stats,
            Device? device, ScalarType? dtype)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, "BatchNorm1d")
        {
        }

        /// <summary>Refuses all but [N, C, H, W].</summary>
        /// <exception cref="ArgumentException">There are not four dimensions.</exception>
        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim != 4)
            {
                throw new ArgumentException($"expected 4D input, but got {input.ndim}D input.");
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Normalises each channel of [N, C, H, W] over batch and image.</summary>
            public static Modules.BatchNorm2d BatchNorm2d(
                long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
