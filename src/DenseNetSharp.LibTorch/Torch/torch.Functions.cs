namespace TorchSharp;

// The functions that PyTorch also has outside the tensor class.
public static partial class torch
{
    private static readonly Operator Arange = new("arange", "start_step");
    private static readonly Operator Linspace = new("linspace");
    private static readonly Operator Cat = new("cat");
    private static readonly Operator Stack = new("stack");
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
            ? _defaultType
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

    /// <summary>Evenly spaced numbers, both ends included.</summary>
    public static Tensor linspace(
        double start, double end, long steps,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Linspace.Call(
            (Scalar)start, (Scalar)end, steps, dtype ?? _defaultType, Argument.None, InitializeDevice(device))
            .with(requires_grad);

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
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>The matrix product, broadcasting over leading dimensions.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>The product of two matrices.</summary>
    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);

    /// <summary>The greater of two tensors, element by element.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    /// <summary>The lesser of two tensors, element by element.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>Whether the elements are equal, one by one.</summary>
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);

    /// <summary>Whether all elements are within tolerance.</summary>
    public static bool allclose(
        Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);

    /// <summary>Whether each element is not a number.</summary>
    public static Tensor isnan(Tensor input) => input.isnan();

    /// <summary>The exponential.</summary>
    public static Tensor exp(Tensor input) => input.exp();

    /// <summary>The natural logarithm.</summary>
    public static Tensor log(Tensor input) => input.log();

    /// <summary>The square root.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();

    /// <summary>The absolute value.</summary>
    public static Tensor abs(Tensor input) => input.abs();

    /// <summary>The logistic function.</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    /// <summary>The sum of all elements.</summary>
    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);

    /// <summary>The mean of all elements.</summary>
    public static Tensor mean(Tensor input) => input.mean();

    /// <summary>The exponential function, normalised along a dimension.</summary>
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) =>
        special.softmax(input, dim, dtype);

    /// <summary>Mathematical special functions.</summary>
    public static partial class special
    {
        /// <summary>The exponential function, normalised along a dimension.</summary>
        public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
            Softmax.Call(input, dim, dtype);

        /// <summary>The logarithm of the softmax.</summary>
        public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) =>
            LogSoftmax.Call(input, dim, dtype);
    }
}
