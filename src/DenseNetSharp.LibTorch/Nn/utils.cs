using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on many parameters at once.</summary>
        public static partial class utils
        {
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
                var factor = (total + 1e-6).reciprocal().mul(max_norm).clamp_max(1.0);
                foreach (var grad in grads)
                {
                    grad.mul_(factor);
                }

                return total.ToDouble();
            }

            private static Tensor Norm(Tensor tensor, double type) =>
                double.IsPositiveInfinity(type) ? tensor.abs().max() : tensor.norm((float)type);
        }
    }
}
