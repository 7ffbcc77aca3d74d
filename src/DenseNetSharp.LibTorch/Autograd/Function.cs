using System.Runtime.InteropServices;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// An operation with a backward pass of its own. Gradient mode is off in both passes; the backward pass
        /// returns one gradient for each argument of apply, null where the argument is not a tensor.
        /// </summary>
        /// <typeparam name="T">The function itself.</typeparam>
        public abstract class Function<T>
            where T : Function<T>, new()
        {
            private static readonly T Instance = new();

            /// <summary>The name that errors give.</summary>
            public abstract string Name { get; }

            internal abstract List<Tensor> ForwardAny(AutogradContext ctx, object[] vars);

            internal abstract List<Tensor> BackwardAny(AutogradContext ctx, List<Tensor> grad_outputs);

            /// <summary>
            /// Runs the forward pass, and joins its results to the graph if a tensor among the arguments requires it.
            /// </summary>
            public static List<Tensor> apply_internal(params object[] vars)
            {
                var call = new FunctionCall(Instance.ForwardAny, Instance.BackwardAny, Instance.Name, vars);
                var inputs = call.Inputs;
                var handles = Handles.Of(inputs);
                fixed (nint* at = handles)
                {
                    nint* outputs;
                    long count;
                    Callbacks.Forget();

                    // The node frees the state; there is always a node, and it lives as long as the graph.
                    var message = Bridge.FunctionApply(
                        GCHandle.ToIntPtr(GCHandle.Alloc(call)), at, handles.Length, &outputs, &count);
                    if (message != null && Callbacks.TakeException() is { } exception)
                    {
                        Bridge.Free(message);
                        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
                    }

                    Bridge.Check(message);
                    GC.KeepAlive(inputs);
                    return Handles.Take(outputs, count).ToList()!;
                }
            }
        }

        /// <summary>A custom function with one result.</summary>
        /// <typeparam name="T">The function itself.</typeparam>
        public abstract class SingleTensorFunction<T> : Function<T>
            where T : SingleTensorFunction<T>, new()
        {
            /// <summary>Runs the function.</summary>
            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            /// <summary>The result for the arguments of apply.</summary>
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>The gradients for the arguments of apply.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal sealed override List<Tensor> ForwardAny(AutogradContext ctx, object[] vars) =>
                [forward(ctx, vars)];

            internal sealed override List<Tensor> BackwardAny(AutogradContext ctx, List<Tensor> grad_outputs) =>
                backward(ctx, grad_outputs[0]);
        }

        /// <summary>A custom function with several results.</summary>
        /// <typeparam name="T">The function itself.</typeparam>
        public abstract class MultiTensorFunction<T> : Function<T>
            where T : MultiTensorFunction<T>, new()
        {
            /// <summary>Runs the function.</summary>
            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            /// <summary>The results for the arguments of apply.</summary>
            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <summary>The gradients for the arguments of apply.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal sealed override List<Tensor> ForwardAny(AutogradContext ctx, object[] vars) => forward(ctx, vars);

            internal sealed override List<Tensor> BackwardAny(AutogradContext ctx, List<Tensor> grad_outputs) =>
                backward(ctx, grad_outputs);
        }
    }
}
