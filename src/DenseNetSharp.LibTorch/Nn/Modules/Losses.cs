using static TorchSharp.torch;

namespace TorchSharp
{
    /// <summary>A loss of two tensors.</summary>
    /// <typeparam name="T1">The prediction.</typeparam>
    /// <typeparam name="T2">The target.</typeparam>
    /// <typeparam name="TResult">The loss.</typeparam>
    public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
    {
        /// <summary>A loss that is averaged, summed, or neither.</summary>
        public Loss(nn.Reduction reduction = nn.Reduction.Mean)
            : base(nameof(Loss<T1, T2, TResult>)) => this.reduction = reduction;

        /// <summary>How the losses of a batch become one.</summary>
        public nn.Reduction reduction { get; }
    }

    /// <summary>A loss with weights.</summary>
    /// <typeparam name="T1">The prediction.</typeparam>
    /// <typeparam name="T2">The target.</typeparam>
    /// <typeparam name="TResult">The loss.</typeparam>
    public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
    {
        /// <summary>A loss with weights, or null.</summary>
        public WeightedLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean)
            : base(reduction) => this.weight = weight;

        /// <summary>The weights, or null.</summary>
        public Tensor? weight { get; }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>How the losses of a batch become one.</summary>
            public enum Reduction : long
            {
                /// <summary>They do not.</summary>
                None = 0,

                /// <summary>By their average.</summary>
                Mean = 1,

                /// <summary>By their sum.</summary>
                Sum = 2,
            }

            /// <summary>Softmax and negative logarithm of the right class's probability.</summary>
            public static Modules.CrossEntropyLoss CrossEntropyLoss(
                Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index, reduction);

            /// <summary>Sigmoid and the cross entropy of each element.</summary>
            public static Modules.BCEWithLogitsLoss BCEWithLogitsLoss(
                Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                new(weight, reduction, pos_weights);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Softmax and negative logarithm of the right class's probability.</summary>
    public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        /// <summary>With weights for the classes, or null.</summary>
        public CrossEntropyLoss(
            Tensor? weight = null, long? ignore_index = null, nn.Reduction reduction = nn.Reduction.Mean,
            double label_smoothing = 0.0)
            : base(weight, reduction)
        {
            this.ignore_index = ignore_index;
            this.label_smoothing = label_smoothing;
        }

        /// <summary>A target that does not count.</summary>
        public long? ignore_index { get; }

        /// <summary>How much of the target is spread over all classes.</summary>
        public double label_smoothing { get; }

        /// <summary>Logits [N, C] and class indices [N], or probabilities [N, C].</summary>
        public override Tensor forward(Tensor input, Tensor target) => nn.functional.cross_entropy(
            input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
    }

    /// <summary>Sigmoid and the cross entropy of each element.</summary>
    public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        /// <summary>With weights for the elements and for the positive targets, or null.</summary>
        public BCEWithLogitsLoss(
            Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean, Tensor? pos_weights = null)
            : base(weight, reduction) => this.pos_weights = pos_weights;

        /// <summary>Weights for the positive targets.</summary>
        public Tensor? pos_weights { get; }

        /// <summary>Logits and targets between 0 and 1 of the same shape.</summary>
        public override Tensor forward(Tensor input, Tensor target) =>
            nn.functional.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
    }
}
