namespace DenseNetSharp.Randomness;

/// <summary>mt19937 in the form PyTorch keeps it (<c>at::mt19937</c>), so that states can be exchanged.</summary>
internal sealed class MersenneTwister
{
    public const int StateLength = 624;

    private const int Middle = 397;
    private const uint UpperMask = 0x8000_0000;
    private const uint LowerMask = 0x7FFF_FFFF;
    private const uint MatrixA = 0x9908_B0DF;

    private readonly uint[] _state;
    private int _left;
    private int _next;

    /// <summary>Seeds as <c>init_genrand</c> does.</summary>
    public MersenneTwister(uint seed)
    {
        _state = new uint[StateLength];
        _state[0] = seed;
        for (uint i = 1; i < StateLength; i++)
        {
            _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
        }

        (_left, _next) = (1, 0);
    }

    /// <summary>Seeds as <c>init_by_array</c> does: every bit of a key of any length counts.</summary>
    public MersenneTwister(ReadOnlySpan<uint> key)
        : this(19650218)
    {
        var i = 1;
        for (var k = 0; k < Math.Max(StateLength, key.Length); k++)
        {
            var j = k % key.Length;
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525)) + key[j] + (uint)j;
            i = Advance(i);
        }

        for (var k = 1; k < StateLength; k++)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            i = Advance(i);
        }

        _state[0] = UpperMask;
    }

    /// <summary>Continues from a saved state.</summary>
    public MersenneTwister(uint[] state, int left, int next) => (_state, _left, _next) = (state, left, next);

    public ReadOnlySpan<uint> State => _state;

    /// <summary>How many calls from here, counting that one, draw a new block of numbers.</summary>
    public int Left => _left;

    /// <summary>The place of the next number in the state.</summary>
    public int Next => _next;

    /// <summary>Whether a saved position is one that the generator can be in.</summary>
    public static bool IsPosition(int left, ulong next) =>
        left is > 0 and <= StateLength && (left == 1 ? next <= StateLength : next == (ulong)(StateLength - left + 1));

    public uint NextUInt32()
    {
        if (--_left == 0)
        {
            Twist();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        return y ^ (y >> 18);
    }

    private int Advance(int i)
    {
        if (i < StateLength - 1)
        {
            return i + 1;
        }

        _state[0] = _state[StateLength - 1];
        return 1;
    }

    private void Twist()
    {
        for (var i = 0; i < StateLength; i++)
        {
            var following = _state[(i + 1) % StateLength];
            var mixed = (_state[i] & UpperMask) | (following & LowerMask);
            _state[i] = _state[(i + Middle) % StateLength] ^ (mixed >> 1) ^ ((following & 1) * MatrixA);
        }

        (_left, _next) = (StateLength, 0);
    }
}
