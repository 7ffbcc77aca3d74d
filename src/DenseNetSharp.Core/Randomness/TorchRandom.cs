using System.Buffers.Binary;

namespace DenseNetSharp.Randomness;

/// <summary>PyTorch's CPU generator: the same seed gives the numbers that <c>torch</c> draws, in the same order.</summary>
/// <remarks>
/// Each method names the PyTorch call whose numbers it gives. The figures are those of PyTorch on x86 with AVX2 (every
/// such processor since 2013): without it PyTorch itself rounds <see cref="Uniform"/> differently. An instance is for one
/// thread at a time; <see cref="For"/> makes one for each image of each epoch, however many threads there are.
/// </remarks>
public sealed class TorchRandom
{
    // PyTorch's CPUGeneratorImplState, a C structure on a 64-bit little-endian machine.
    private const int StateBytes = 5056;
    private const int LeftOffset = 8;
    private const int SeededOffset = 12;
    private const int NextOffset = 16;
    private const int NumbersOffset = 24;
    private const int NormalOffset = 5024;
    private const int HasNormalOffset = 5040;

    private MersenneTwister _engine;
    private double? _nextNormal;

    /// <summary>Starts where <c>torch.manual_seed(seed)</c> does.</summary>
    /// <param name="seed">Any number. As in PyTorch, only its lower 32 bits make a difference to what is drawn.</param>
    public TorchRandom(long seed)
        : this(seed, new MersenneTwister(unchecked((uint)seed)))
    {
    }

    private TorchRandom(long seed, MersenneTwister engine) => (InitialSeed, _engine) = (seed, engine);

    /// <summary>The seed it started from (<c>torch.initial_seed()</c>, there read as an unsigned number).</summary>
    public long InitialSeed { get; private set; }

    /// <summary>Makes the generator of one image in one epoch, so that neither order nor threads change what it draws.</summary>
    /// <param name="seed">The run's seed; all 64 bits count.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="index">The image's number in the data set.</param>
    /// <returns>
    /// mt19937 seeded by its authors' <c>init_by_array</c> with the key (seed low, seed high, epoch, index low, index
    /// high) of 32-bit words: what <c>numpy.random.RandomState(key)</c> starts from.
    /// </returns>
    public static TorchRandom For(long seed, int epoch, long index) => unchecked(new(
        seed, new MersenneTwister([(uint)seed, (uint)(seed >> 32), (uint)epoch, (uint)index, (uint)(index >> 32)])));

    /// <summary>32 random bits.</summary>
    /// <returns>The bits.</returns>
    public uint NextUInt32() => _engine.NextUInt32();

    /// <summary>64 random bits, the upper half drawn first.</summary>
    /// <returns>The bits.</returns>
    public ulong NextUInt64()
    {
        ulong upper = NextUInt32();
        return (upper << 32) | NextUInt32();
    }

    /// <summary>A number in [0, 1), a multiple of 2^-24: <c>torch.rand(1)</c>.</summary>
    /// <returns>The number.</returns>
    public float NextSingle() => (NextUInt32() & 0xFF_FFFF) * (1f / (1 << 24));

    /// <summary>A number between two others: <c>torch.empty(1).uniform_(from, to)</c>.</summary>
    /// <param name="from">The least, rounded to float first.</param>
    /// <param name="to">The bound above, rounded to float first; rounding can give the bound itself.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentException">The bounds are not finite or not in order.</exception>
    public float Uniform(double from, double to)
    {
        var (low, high) = ((float)from, (float)to);
        if (!(from <= to) || !float.IsFinite(high - low))
        {
            throw new ArgumentException($"A range must be finite and begin before it ends, not [{from}, {to}).");
        }

        // PyTorch's compiler fuses the multiplication and the addition, which rounds once.
        return MathF.FusedMultiplyAdd(NextSingle(), high - low, low);
    }

    /// <summary>A whole number: <c>torch.randint(low, high, (1,))</c>.</summary>
    /// <param name="low">The least.</param>
    /// <param name="high">The bound above, which is never drawn.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentException">The bounds leave no number.</exception>
    public long NextInt64(long low, long high)
    {
        if (low >= high)
        {
            throw new ArgumentException($"There is no whole number in [{low}, {high}).");
        }

        var range = unchecked((ulong)(high - low));
        var bits = range > uint.MaxValue ? NextUInt64() : NextUInt32();
        return unchecked((long)(bits % range) + low);
    }

    /// <summary>The numbers from 0 to n - 1 in random order: <c>torch.randperm(n)</c>.</summary>
    /// <param name="n">How many; at most 214,748,364, above which PyTorch's versions differ.</param>
    /// <returns>The permutation.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or larger than that.</exception>
    public int[] Permutation(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, (int)(uint.MaxValue / 20));
        int[] order = [.. Enumerable.Range(0, n)];
        for (var i = 0; i < n - 1; i++)
        {
            var other = i + (int)(NextUInt32() % (uint)(n - i));
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    /// <summary>Fills with standard normal numbers: <c>torch.empty(n).normal_()</c>.</summary>
    /// <param name="destination">
    /// Receives the numbers. Fewer than 16 equal PyTorch's but for its C library's last bit. For 16 or more PyTorch uses
    /// approximate vector functions, from which these differ by less than 2e-6; the generator's state is equal afterwards.
    /// </param>
    public void FillNormal(Span<float> destination)
    {
        if (destination.Length < 16)
        {
            foreach (ref var value in destination)
            {
                value = (float)NextNormal();
            }

            return;
        }

        FillUniform(destination);
        for (var i = 0; i + 16 <= destination.Length; i += 16)
        {
            BoxMuller(destination.Slice(i, 16));
        }

        if (destination.Length % 16 != 0)
        {
            // The last block overlaps the one before, so it is drawn anew.
            var last = destination[^16..];
            FillUniform(last);
            BoxMuller(last);
        }
    }

    /// <summary>A number of the beta distribution; not PyTorch's own draw.</summary>
    /// <param name="alpha">The first shape, positive and finite.</param>
    /// <param name="beta">The second shape, positive and finite.</param>
    /// <returns>A number from 0 to 1, whose mean is alpha / (alpha + beta).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A shape is not positive and finite.</exception>
    public double NextBeta(double alpha, double beta)
    {
        RequireShape(alpha, nameof(alpha));
        RequireShape(beta, nameof(beta));
        var (first, second) = (NextLogGamma(alpha), NextLogGamma(beta));
        // Logarithms: gamma variates of small shapes are smaller than any double.
        return 1 / (1 + Math.Exp(second - first));

        static void RequireShape(double value, string name)
        {
            if (!(value > 0 && double.IsFinite(value)))
            {
                throw new ArgumentOutOfRangeException(name, value, "A beta distribution's shapes are positive and finite.");
            }
        }
    }

    /// <summary>The state, with which <see cref="SetState"/> continues the sequence.</summary>
    /// <returns>The 5056 bytes that <c>torch.get_rng_state()</c> gives on a 64-bit little-endian machine.</returns>
    public byte[] GetState()
    {
        var bytes = new byte[StateBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, InitialSeed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LeftOffset), _engine.Left);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SeededOffset), 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(NextOffset), _engine.Next);
        for (var i = 0; i < MersenneTwister.StateLength; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(NumbersOffset + 8 * i), _engine.State[i]);
        }

        if (_nextNormal is { } normal)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(NormalOffset), normal);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(HasNormalOffset), 1);
        }

        return bytes;
    }

    /// <summary>Continues from a state (<c>torch.set_rng_state</c>).</summary>
    /// <param name="state">What <see cref="GetState"/> or <c>torch.get_rng_state()</c> gave.</param>
    /// <exception cref="ArgumentException">It is no such state; the generator is left as it was.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes)
        {
            throw new ArgumentException($"A generator's state has {StateBytes} bytes, not {state.Length}.", nameof(state));
        }

        var left = BinaryPrimitives.ReadInt32LittleEndian(state[LeftOffset..]);
        var next = BinaryPrimitives.ReadUInt64LittleEndian(state[NextOffset..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(state[SeededOffset..]) == 0 || !MersenneTwister.IsPosition(left, next))
        {
            throw new ArgumentException(
                $"The bytes are no state of a Mersenne Twister: {left} numbers left, the next at {next}.", nameof(state));
        }

        var numbers = new uint[MersenneTwister.StateLength];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(state[(NumbersOffset + 8 * i)..]);
        }

        InitialSeed = BinaryPrimitives.ReadInt64LittleEndian(state);
        _engine = new MersenneTwister(numbers, left, (int)next);
        _nextNormal = BinaryPrimitives.ReadInt32LittleEndian(state[HasNormalOffset..]) == 0
            ? null
            : BinaryPrimitives.ReadDoubleLittleEndian(state[NormalOffset..]);
    }

    /// <summary>The logarithm of a gamma variate: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
    /// </summary>
    private double NextLogGamma(double shape)
    {
        if (shape < 1)
        {
            // Their section 6: a variate of shape + 1 by a power of a uniform one.
            return NextLogGamma(shape + 1) + Math.Log(1 - NextDouble()) / shape;
        }

        var d = shape - 1 / 3.0;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = NextNormal();
            var root = 1 + c * normal;
            if (root <= 0)
            {
                continue;
            }

            var v = root * root * root;
            if (Math.Log(1 - NextDouble()) < normal * normal / 2 + d * (1 - v + Math.Log(v)))
            {
                return Math.Log(d * v);
            }
        }
    }

    private void FillUniform(Span<float> destination)
    {
        foreach (ref var value in destination)
        {
            value = NextSingle();
        }
    }

    /// <summary>Box-Muller makes two numbers at a time, of which the second waits for the next call.</summary>
    private double NextNormal()
    {
        if (_nextNormal is { } waiting)
        {
            _nextNormal = null;
            return waiting;
        }

        var angle = 2 * Math.PI * NextDouble();
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        _nextNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>A number in [0, 1), a multiple of 2^-53: <c>torch.rand(1, dtype=torch.float64)</c>.</summary>
    internal double NextDouble() => (NextUInt64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    private static void BoxMuller(Span<float> block)
    {
        for (var i = 0; i < 8; i++)
        {
            var radius = MathF.Sqrt(-2 * MathF.Log(1 - block[i]));
            var angle = (float)(2 * Math.PI) * block[i + 8];
            (block[i], block[i + 8]) = (radius * MathF.Cos(angle), radius * MathF.Sin(angle));
        }
    }
}
