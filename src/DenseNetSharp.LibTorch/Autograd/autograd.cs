namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>Differentiation.</summary>
    public static partial class autograd
    {
        /// <summary>The gradients of outputs with respect to inputs, without touching any tensor's own.</summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            nint[] ofOutputs = Handles.Of(outputs), ofInputs = Handles.Of(inputs),
                ofGradients = Handles.Of(grad_outputs);
            fixed (nint* outputsAt = ofOutputs, inputsAt = ofInputs, gradientsAt = ofGradients)
            {
                nint* results;
                Callbacks.Forget();
                Bridge.Check(Bridge.Grad(
                    outputsAt, ofOutputs.Length, inputsAt, ofInputs.Length, gradientsAt, ofGradients.Length,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, &results));
                GC.KeepAlive(outputs);
                GC.KeepAlive(inputs);
                GC.KeepAlive(grad_outputs);
                // TorchSharp gives an invalid tensor, not null, for an input that nothing depends on.
                return Handles.Take(results, ofInputs.Length).Select(tensor => tensor ?? new Tensor(0)).ToList();
            }
        }

        /// <summary>Accumulates the gradients of tensors into the leaves of their graphs.</summary>
        public static void backward(
            IList<Tensor> tensors,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            nint[] ofTensors = Handles.Of(tensors), ofGradients = Handles.Of(grad_tensors),
                ofInputs = Handles.Of(inputs);
            fixed (nint* tensorsAt = ofTensors, gradientsAt = ofGradients, inputsAt = ofInputs)
            {
                Callbacks.Forget();
                Bridge.Check(Bridge.Backward(
                    tensorsAt, ofTensors.Length, gradientsAt, ofGradients.Length,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, inputsAt, ofInputs.Length));
                GC.KeepAlive(tensors);
                GC.KeepAlive(grad_tensors);
                GC.KeepAlive(inputs);
            }
        }
    }
}
