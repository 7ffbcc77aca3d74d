namespace TorchSharp;

public static partial class torch
{
    // Gradients.
    public partial class Tensor
    {
        /// <summary>Whether gradients are computed for this tensor.</summary>
        public unsafe bool requires_grad
        {
            get => Info.RequiresGrad;
            set => Bridge.Check(Bridge.SetRequiresGrad(Handle, value ? 1 : 0));
        }

        /// <summary>Whether the tensor was made by the user, not by an operation of the graph.</summary>
        public bool is_leaf => Info.IsLeaf;

        /// <summary>The gradient accumulated so far; null if there is none. Each read is a new tensor object.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                Bridge.Check(Bridge.GetGrad(Handle, out var gradient));
                return gradient == 0 ? null : new Tensor(gradient);
            }

            set => Bridge.Check(Bridge.SetGrad(Handle, value is null ? 0 : value.Handle));
        }

        /// <summary>Sets <see cref="requires_grad"/>.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets <see cref="requires_grad"/>.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps this tensor's gradient, although it is not a leaf.</summary>
        public unsafe void retain_grad() => Bridge.Check(Bridge.RetainGrad(Handle));

        /// <summary>Accumulates the gradients of this single number into the leaves of its graph.</summary>
        public void backward() => autograd.backward([this]);

        /// <summary>Accumulates gradients into the leaves of this tensor's graph.</summary>
        public void backward(
            IList<Tensor>? grad_tensors = null,
            bool retain_graph = false,
            bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
