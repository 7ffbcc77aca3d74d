namespace TorchSharp;

// New random tensors, and the random state.
public static unsafe partial class torch
{
    private static readonly Operator Rand = new("rand", "generator");
    private static readonly Operator Randn = new("randn", "generator");
    private static readonly Operator Randint = new("randint", "low_generator");
    private static readonly Operator Randperm = new("randperm", "generator");

    /// <summary>Even draws from [0, 1).</summary>
    public static Tensor rand(
        long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Rand, size, generator, dtype, device, requires_grad, names);

    /// <summary>Even draws from [0, 1).</summary>
    public static Tensor rand(
        ReadOnlySpan<long> size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Rand, size.ToArray(), generator, dtype, device, requires_grad, names);

    /// <summary>Even draws from [0, 1).</summary>
    public static Tensor rand(
        long size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Rand, [size], generator, dtype, device, requires_grad, names);

    /// <summary>Even draws from [0, 1).</summary>
    public static Tensor rand(
        long rows, long columns,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Rand, [rows, columns], generator, dtype, device, requires_grad, names);

    /// <summary>Draws from the standard normal distribution.</summary>
    public static Tensor randn(
        long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Randn, size, generator, dtype, device, requires_grad, names);

    /// <summary>Draws from the standard normal distribution.</summary>
    public static Tensor randn(
        ReadOnlySpan<long> size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Randn, size.ToArray(), generator, dtype, device, requires_grad, names);

    /// <summary>Draws from the standard normal distribution.</summary>
    public static Tensor randn(
        long size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Randn, [size], generator, dtype, device, requires_grad, names);

    /// <summary>Draws from the standard normal distribution.</summary>
    public static Tensor randn(
        long rows, long columns,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Randn, [rows, columns], generator, dtype, device, requires_grad, names);

    /// <summary>Draws from the standard normal distribution.</summary>
    public static Tensor randn(
        long dim0, long dim1, long dim2, long dim3,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        New(Randn, [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);

    /// <summary>Whole numbers drawn from [low, high).</summary>
    public static Tensor randint(
        long low, long high, long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Unnamed(
            Randint.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Argument.None, InitializeDevice(device))
                .with(requires_grad),
            names);

    /// <summary>The numbers from 0 to before n in random order.</summary>
    public static Tensor randperm(
        long n,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Randperm.Call(n, generator, dtype ?? ScalarType.Int64, Argument.None, InitializeDevice(device))
            .with(requires_grad);

    /// <summary>Seeds the generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        Bridge.Check(Bridge.ManualSeed(seed));
        return Generator.Default;
    }

    /// <summary>The state of the default generator.</summary>
    public static Tensor get_rng_state()
    {
        using var generator = Generator.Default;
        return generator.get_state();
    }

    /// <summary>Restores the state of the default generator.</summary>
    public static void set_rng_state(Tensor new_state)
    {
        using var generator = Generator.Default;
        generator.set_state(new_state);
    }

    private static Tensor New(
        Operator op, long[] size, Generator? generator,
        ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Unnamed(
            op.Call(size, generator, dtype ?? DefaultType, Argument.None, InitializeDevice(device))
                .with(requires_grad),
            names);
}
