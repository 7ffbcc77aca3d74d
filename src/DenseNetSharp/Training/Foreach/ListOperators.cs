using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Training.Foreach;

/// <summary>
/// libtorch's operators over whole lists of tensors (<c>torch._foreach_*</c>), which TorchSharp reaches through TorchScript: on a GPU
/// a call starts a few kernels, where a loop starts one a tensor. A tensor's bits are on a CPU those that a loop gives it.
/// </summary>
/// <remarks>Gradients are not followed: to be called where they are off. Any thread may call.</remarks>
internal static class ListOperators
{
    /// <summary>The arithmetic of TorchSharp's optimizers, operation by operation.</summary>
    /// <remarks>It ends with a line's end, which the parser asks for. Of a list that a function itself cut out of another or put together,
    /// TorchScript drops changes as useless.</remarks>
    private const string Text = """
        def decayed(parameters: List[Tensor], gradients: List[Tensor], decay: float) -> List[Tensor]:
            if decay != 0.0:
                gradients = torch._foreach_add(gradients, parameters, alpha=decay)
            return gradients

        def descend(parameters: List[Tensor], gradients: List[Tensor], decay: float, rate: float):
            torch._foreach_add_(parameters, decayed(parameters, gradients, decay), alpha=rate)

        def roll(
            parameters: List[Tensor], gradients: List[Tensor], buffers: List[Tensor], momentum: float, nesterov: bool, rate: float):
            if nesterov:
                torch._foreach_add_(parameters, torch._foreach_add(gradients, buffers, alpha=momentum), alpha=rate)
            else:
                torch._foreach_add_(parameters, buffers, alpha=rate)

        def begin_rolling(
            parameters: List[Tensor], gradients: List[Tensor], decay: float, momentum: float, nesterov: bool, rate: float) -> List[Tensor]:
            gradients = decayed(parameters, gradients, decay)
            buffers = [gradient.clone() for gradient in gradients]
            roll(parameters, gradients, buffers, momentum, nesterov, rate)
            return buffers

        def go_on_rolling(
            parameters: List[Tensor], gradients: List[Tensor], buffers: List[Tensor], decay: float, momentum: float, share: float,
            nesterov: bool, rate: float):
            gradients = decayed(parameters, gradients, decay)
            torch._foreach_mul_(buffers, momentum)
            torch._foreach_add_(buffers, gradients, alpha=share)
            roll(parameters, gradients, buffers, momentum, nesterov, rate)

        def adapt(
            parameters: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], largest: List[Tensor],
            maximize: bool, keep: float, decay: float, beta1: float, beta2: float, root: float, epsilon: float, rate: float):
            if maximize:
                gradients = torch._foreach_neg(gradients)
            if keep != 1.0:
                torch._foreach_mul_(parameters, keep)
            gradients = decayed(parameters, gradients, decay)
            torch._foreach_mul_(means, beta1)
            torch._foreach_add_(means, gradients, alpha=1.0 - beta1)
            torch._foreach_mul_(squares, beta2)
            torch._foreach_addcmul_(squares, gradients, gradients, value=1.0 - beta2)
            if len(largest) > 0:
                torch._foreach_maximum_(largest, squares)
                squares = largest
            denominators = torch._foreach_sqrt(squares)
            torch._foreach_div_(denominators, root)
            torch._foreach_add_(denominators, epsilon)
            torch._foreach_addcdiv_(parameters, means, denominators, value=-rate)

        def copy(targets: List[Tensor], sources: List[Tensor]):
            torch._foreach_copy_(targets, sources)

        def average(averages: List[Tensor], current: List[Tensor], decay: float):
            torch._foreach_copy_(
                averages, torch._foreach_add(torch._foreach_mul(averages, decay), torch._foreach_mul(current, 1.0 - decay)))

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Text));

    /// <summary>SGD without momentum.</summary>
    /// <param name="parameters">What is changed.</param>
    /// <param name="gradients">Theirs.</param>
    /// <param name="decay">How much of each parameter is added to its gradient.</param>
    /// <param name="rate">How much of each gradient is added to its parameter.</param>
    public static void Descend(Tensor[] parameters, Tensor[] gradients, double decay, double rate) =>
        Invoke("descend", parameters, gradients, decay, rate);

    /// <summary>The first step of SGD with momentum.</summary>
    /// <returns>The momentum so far, a tensor a parameter, the caller's.</returns>
    /// <inheritdoc cref="GoOnRolling" path="/param"/>
    public static Tensor[] BeginRolling(Tensor[] parameters, Tensor[] gradients, double decay, double momentum, bool nesterov, double rate) =>
        (Tensor[])Invoke("begin_rolling", parameters, gradients, decay, momentum, nesterov, rate)!;

    /// <summary>A further step of SGD with momentum.</summary>
    /// <param name="parameters">What is changed.</param>
    /// <param name="gradients">Theirs.</param>
    /// <param name="buffers">The momentum so far; changed, too.</param>
    /// <param name="decay">How much of each parameter is added to its gradient.</param>
    /// <param name="momentum">How much of the momentum stays.</param>
    /// <param name="share">How much of each gradient is added to the momentum.</param>
    /// <param name="nesterov">Whether the step looks ahead.</param>
    /// <param name="rate">How much of the momentum is added to each parameter.</param>
    public static void GoOnRolling(
        Tensor[] parameters, Tensor[] gradients, Tensor[] buffers, double decay, double momentum, double share, bool nesterov, double rate) =>
        Invoke("go_on_rolling", parameters, gradients, buffers, decay, momentum, share, nesterov, rate);

    /// <summary>A step of Adam or AdamW.</summary>
    /// <param name="parameters">What is changed.</param>
    /// <param name="gradients">Theirs.</param>
    /// <param name="means">The gradients' running means; changed, too.</param>
    /// <param name="squares">Those of their squares; changed, too.</param>
    /// <param name="largest">The largest of those so far, changed too; none without AMSGrad.</param>
    /// <param name="step">The figures.</param>
    public static void Adapt(
        Tensor[] parameters, Tensor[] gradients, Tensor[] means, Tensor[] squares, Tensor[] largest, in AdaptiveStep step) =>
        Invoke(
            "adapt", parameters, gradients, means, squares, largest, step.Maximize, step.Keep, step.Decay, step.Beta1, step.Beta2, step.Root,
            step.Epsilon, step.Rate);

    /// <summary>Copies each tensor into its target, of whatever type that is.</summary>
    public static void Copy(Tensor[] targets, Tensor[] sources) => Invoke("copy", targets, sources);

    /// <summary>Replaces each average by <paramref name="decay"/> of it and the rest of the current tensor.</summary>
    public static void Average(Tensor[] averages, Tensor[] current, double decay) => Invoke("average", averages, current, decay);

    private static object? Invoke(string function, params object[] arguments)
    {
        // Of a double TorchSharp makes a native number that nobody holds until the call.
        var numbers = new List<Scalar>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is double value)
            {
                numbers.Add(value);
                arguments[i] = numbers[^1];
            }
        }

        var result = Compiled.Value.invoke(function, arguments);
        numbers.ForEach(number => number.Dispose());
        GC.KeepAlive(arguments);
        return result;
    }
}
