namespace TorchSharp;

// The functions that PyTorch also has outside the tensor class.
public static partial class torch
{
    private static readonly Operator Arange = new("arange", "start_step");
    private static readonly Operator Cat = new("cat");
    private static readonly Operator Stack = new("stack");
    private static readonly Operator Where = new("where", "self");
    private static readonly Operator Softmax = new("softmax", "int");
    private static readonly Operator LogSoftmax = new("log_softmax", "int");

    /// <summary>How <see cref="Tensor.div(Tensor, RoundingMode)"/> rounds.</summary>
    public enum RoundingMode
    {
        /// <summary>It does not.</summary>
        None,

        /// <summary>Towards zero.</summary>
        trunc,

        /// <summary>Downwards.</summary>
        floor,
    }

    /// <summary>Numbers from start to before stop.</summary>
    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        dtype ??= new[] { start, stop, step }.Any(number => number.Tag == Tag.Double)
            ? DefaultType
            : ScalarType.Int64;
        return Arange.Call(start, stop, step, dtype, Argument.None, InitializeDevice(device)).with(requires_grad);
    }

    /// <summary>Numbers from start to before stop, one apart.</summary>
    public static Tensor arange(
        Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    /// <summary>Numbers from zero to before stop, one apart.</summary>
    public static Tensor arange(
        Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>Tensors one after the other along a dimension.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => cat(tensors.ToArray(), dim);

    /// <summary>Tensors one after the other along a dimension.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => tensors.Length switch
    {
        0 => throw new ArgumentException(nameof(tensors)),
        1 => tensors[0].alias(),
        _ => Cat.Call(tensors, dim),
    };

    /// <summary>Tensors one after the other along a dimension.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors.ToArray(), dim);

    /// <summary>Tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Stack.Call(tensors.ToArray(), dim);

    /// <summary>Several dimensions as one.</summary>
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) =>
        input.flatten(start_dim, end_dim);

    /// <summary>
    /// Elements of <paramref name="x"/> where the condition holds, of <paramref name="y"/> elsewhere.
    /// </summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => condition.dtype == ScalarType.Bool
        ? Where.Call(condition, x, y)
        : throw new ArgumentException("The condition to 'where' must be a boolean tensor.");

    /// <summary>The greater of two tensors, element by element.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
}
