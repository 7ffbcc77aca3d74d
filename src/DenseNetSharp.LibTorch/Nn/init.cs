namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values. They draw from the random generator exactly as PyTorch's do.</summary>
        public static partial class init
        {
            /// <summary>What follows the layer.</summary>
            public enum NonlinearityType
            {
                /// <summary>Nothing.</summary>
                Linear = 0,

                /// <summary>A convolution.</summary>
                Conv2D = 2,

                /// <summary>The logistic function.</summary>
                Sigmoid = 7,

                /// <summary>The hyperbolic tangent.</summary>
                Tanh = 8,

                /// <summary>The positive part.</summary>
                ReLU = 9,

                /// <summary>The positive part, and a little of the negative.</summary>
                LeakyReLU = 10,
            }

            /// <summary>Which pass keeps its variance.</summary>
            public enum FanInOut
            {
                /// <summary>The forward pass.</summary>
                FanIn = 0,

                /// <summary>The backward pass.</summary>
                FanOut = 1,
            }

            /// <summary>How much a nonlinearity shrinks the standard deviation.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) =>
                nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + (param * param))),
                _ => 1.0,
            };

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1.0);

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0.0);

            /// <summary>The same number everywhere.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var mode = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>Even draws from a range.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var mode = no_grad();
                return tensor.uniform_(low, high, generator);
            }

            /// <summary>Normal draws.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var mode = no_grad();
                return tensor.normal_(mean, std, generator);
            }

            /// <summary>Even draws whose variance the nonlinearity keeps (He et al. 2015).</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * KaimingStd(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal draws whose variance the nonlinearity keeps (He et al. 2015).</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingStd(tensor, a, mode, nonlinearity));

            /// <summary>How many elements each output is made of, and each input goes into.</summary>
            /// <exception cref="ArgumentException">There are fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException(
                        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                }

                var field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            // What PyTorch does for the biases of convolutions and linear layers.
            internal static void FillBias(Tensor weight, Tensor? bias)
            {
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                if (bias is not null && fanIn > 0)
                {
                    var bound = 1 / Math.Sqrt(fanIn);
                    uniform_(bias, -bound, bound);
                }
            }

            private static double KaimingStd(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }
        }
    }
}
