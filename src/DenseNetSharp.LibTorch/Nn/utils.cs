using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on many parameters at once.</summary>
        public static partial class utils
        {
            private static readonly Operator ClampMax = new("clamp_max");
            private static readonly Operator NormOf = new("norm", "Scalar");

            /// <summary>
            /// Scales gradients down so that their norm, taken together, is at most a number; returns the norm before.
            /// </summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm,
                double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var mode = no_grad();
                var grads = tensors.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
                if (grads.Count == 0)
                {
                    return 0;
                }

                var norms = stack(grads.Select(grad => Norm(grad, norm_type)));
                var total = Norm(norms, norm_type);
                var factor = ClampMax.Call((Scalar)max_norm / (total + 1e-6), (Scalar)1.0);
                foreach (var grad in grads)
                {
                    grad.mul_(factor);
                }

                return total.ToDouble();
            }

            private static Tensor Norm(Tensor tensor, double type) =>
                double.IsPositiveInfinity(type) ? tensor.abs().max() : NormOf.Call(tensor, (Scalar)(float)type);
        }
    }
}
