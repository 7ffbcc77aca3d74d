namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class autograd
    {
        /// <summary>One call of a custom function: what its node in the graph keeps until it is freed.</summary>
        internal sealed class FunctionCall(
            Func<AutogradContext, object[], List<Tensor>> forward,
            Func<AutogradContext, List<Tensor>, List<Tensor>> backward,
            string name,
            object[] arguments)
        {
            private readonly AutogradContext _context = new();
            private readonly bool[] _isTensor = Array.ConvertAll(arguments, IsTensor);

            // Only forward needs them; the node must not keep the caller's tensors alive.
            private object[]? _arguments = arguments;

            internal Tensor[] Inputs => _arguments!.Where(IsTensor).Cast<Tensor>().ToArray();

            internal IReadOnlyList<Tensor?> Forward(nint context)
            {
                var arguments = _arguments!;
                _arguments = null;
                using (_context.During(context))
                {
                    var outputs = forward(_context, arguments);
                    _context.Store();
                    return outputs;
                }
            }

            internal IReadOnlyList<Tensor?> Backward(nint context, ReadOnlySpan<nint> gradients)
            {
                var tensors = new List<Tensor>();
                foreach (var gradient in gradients)
                {
                    // A missing gradient, where zeros are not asked for, is an invalid tensor.
                    tensors.Add(new Tensor(gradient));
                }

                using (_context.During(context))
                {
                    return ForTensors(backward(_context, tensors));
                }
            }

            // One gradient came back for each argument; the graph wants one for each tensor.
            private List<Tensor?> ForTensors(List<Tensor> gradients)
            {
                if (gradients.Skip(_isTensor.Length).Any(IsTensor) || gradients.Count < _isTensor.Length)
                {
                    throw new NotImplementedException($"Function {name} returned an incorrect number of gradients " +
                        $"(expected {_isTensor.Length}), got {gradients.Count}");
                }

                var result = new List<Tensor?>();
                for (var i = 0; i < _isTensor.Length; i++)
                {
                    if (_isTensor[i])
                    {
                        result.Add(gradients[i]);
                    }
                    else if (IsTensor(gradients[i]))
                    {
                        throw new NotImplementedException($"Function {name} returned a gradient different that is " +
                            $"defined at position {i + 1}, but the corresponding forward input was not a Tensor");
                    }
                }

                return result;
            }

            private static bool IsTensor(object? argument) => argument is Tensor { IsInvalid: false };
        }
    }
}
