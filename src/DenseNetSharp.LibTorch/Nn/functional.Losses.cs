namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator CrossEntropy = new("cross_entropy_loss");
            private static readonly Operator BinaryCrossEntropyWithLogits = new("binary_cross_entropy_with_logits");

            /// <summary>Softmax and negative logarithm of the right class's probability.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                CrossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Sigmoid and the cross entropy of each element.</summary>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null,
                Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                BinaryCrossEntropyWithLogits.Call(input, target, weight, pos_weights, (long)reduction);
        }
    }
}
