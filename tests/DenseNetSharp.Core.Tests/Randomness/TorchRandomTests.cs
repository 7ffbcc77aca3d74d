using System.Runtime.InteropServices;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Core.Tests.Randomness;

[Collection(PillowCollection.Name)]
public class TorchRandomTests(PillowReference python)
{
    private static readonly long[] Seeds =
        [0, 1, 42, 5489, -1, -4, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, 0x1234_5678_9ABC_DEF0];

    [SkippableFact]
    public void A_seed_gives_PyTorchs_uniform_numbers()
    {
        foreach (var seed in Seeds)
        {
            var expected = python.Run($"torch.manual_seed({seed}); result = torch.rand(2000).numpy().tobytes()");
            var random = new TorchRandom(seed);

            Bytes(2000, random.NextSingle).ShouldEqual(expected, $"seed {seed}");
        }
    }

    [SkippableTheory]
    [InlineData(0.08, 1.0)]
    [InlineData(-30.0, 30.0)]
    [InlineData(0.6, 1.4)]
    [InlineData(-0.2876820683, 0.2876820683)]
    [InlineData(1e-30, 1e30)]
    [InlineData(0.5, 0.5)]
    public void A_range_gives_PyTorchs_numbers_to_the_bit(double from, double to)
    {
        var expected = python.Run(
            $"torch.manual_seed(7); result = torch.cat([torch.empty(1).uniform_({from:R}, {to:R}) for _ in range(20000)])"
            + ".numpy().tobytes()");
        var random = new TorchRandom(7);

        Bytes(20_000, () => random.Uniform(from, to)).ShouldEqual(expected, $"[{from}, {to})");
    }

    [SkippableTheory]
    [InlineData(2, 50)]
    [InlineData(1000, 1000)]
    [InlineData(3, 5000)]
    public void Weighted_draws_are_multinomials(int weights, int draws)
    {
        foreach (var seed in Seeds)
        {
            var values = new Random(7).GetItems([0.0, 0.1, 1 / 3.0, 1e-9, 12, 0.25], weights);
            values[^1] = 1;
            var list = string.Join(", ", values.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
            var expected = python.Run(
                $"torch.manual_seed({seed}); result = torch.multinomial(torch.tensor([{list}], dtype=torch.double), {draws}, replacement=True)"
                + ".numpy().tobytes()");

            WeightedDraws.Draw(new TorchRandom(seed), values, draws).Select(number => (long)number)
                .Should().Equal(MemoryMarshal.Cast<byte, long>(expected).ToArray(), $"seed {seed}");
        }
    }

    [Fact]
    public void Weights_of_nothing_or_below_it_are_refused()
    {
        foreach (var weights in new double[][] { [], [0, 0], [1, -1], [1, double.NaN], [1, double.PositiveInfinity] })
        {
            ((Action)(() => WeightedDraws.Draw(new TorchRandom(1), weights, 3))).Should().Throw<ArgumentException>().WithMessage("*one at least is more than 0*");
        }
    }

    [SkippableTheory]
    [InlineData(0, 1)]
    [InlineData(0, 7)]
    [InlineData(-5, 300)]
    [InlineData(0, 4294967295)]
    [InlineData(0, 4294967296)]
    [InlineData(-9223372036854775807, 9223372036854775807)]
    public void Whole_numbers_are_PyTorchs(long low, long high)
    {
        var expected = python.Run(
            $"torch.manual_seed(3); result = torch.cat([torch.randint({low}, {high}, (1,)) for _ in range(3000)])"
            + ".numpy().tobytes()");
        var random = new TorchRandom(3);

        Bytes(3000, () => random.NextInt64(low, high)).ShouldEqual(expected, $"[{low}, {high})");
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    [InlineData(1_281_167)]
    public void Permutations_are_PyTorchs(int n)
    {
        var expected = python.Run(
            $"torch.manual_seed(11); result = torch.cat([torch.randperm({n}), torch.randperm({n})]).int().numpy().tobytes()");
        var random = new TorchRandom(11);
        int[] actual = [.. random.Permutation(n), .. random.Permutation(n)];

        MemoryMarshal.AsBytes(actual.AsSpan()).ToArray().ShouldEqual(expected, $"{n} numbers");
    }

    [SkippableTheory]
    [InlineData(1, 0f)]
    [InlineData(5, 0f)]
    [InlineData(15, 0f)]
    [InlineData(16, 2e-6f)]
    [InlineData(17, 2e-6f)]
    [InlineData(31, 2e-6f)]
    [InlineData(3 * 50 * 41, 2e-6f)]
    public void Normal_numbers_are_PyTorchs_within_a_tolerance_and_leave_the_same_state(int n, float tolerance)
    {
        var reply = python.Run(
            $"torch.manual_seed(19); x = torch.cat([torch.empty({n}).normal_() for _ in range(40)])"
            + "; result = x.numpy().tobytes() + torch.get_rng_state().numpy().tobytes()");
        var expected = MemoryMarshal.Cast<byte, float>(reply.AsSpan(0, 40 * n * sizeof(float))).ToArray();
        var random = new TorchRandom(19);
        var actual = new float[40 * n];
        for (var i = 0; i < 40; i++)
        {
            random.FillNormal(actual.AsSpan(i * n, n));
        }

        actual.Zip(expected, (a, e) => MathF.Abs(a - e)).Max().Should().BeLessThanOrEqualTo(tolerance);
        random.GetState().ShouldEqual(reply[(40 * n * sizeof(float))..], "the state");
    }

    [SkippableTheory]
    [InlineData("pass")]
    [InlineData("torch.rand(1)")]
    [InlineData("torch.rand(623)")]
    [InlineData("torch.rand(624)")]
    [InlineData("torch.rand(1000)")]
    [InlineData("torch.empty(3).normal_()")]
    public void A_state_of_PyTorchs_is_continued_and_given_back(string drawn)
    {
        var reply = python.Run(
            $"torch.manual_seed(23)\n{drawn}\nstate = torch.get_rng_state().numpy().tobytes()\n"
            + "result = state + torch.empty(3).normal_().numpy().tobytes() + torch.rand(1000).numpy().tobytes()");
        var state = reply[..5056];
        var random = new TorchRandom(99);

        random.SetState(state);

        random.GetState().ShouldEqual(state, "the state");
        random.InitialSeed.Should().Be(23);
        var normal = new float[3];
        random.FillNormal(normal);
        byte[] actual = [.. MemoryMarshal.AsBytes(normal.AsSpan()), .. Bytes(1000, random.NextSingle)];
        actual.ShouldEqual(reply[5056..], "what follows");
    }

    [SkippableFact]
    public void PyTorch_continues_a_state_of_ours()
    {
        var random = TorchRandom.For(1, 2, 3);
        random.NextInt64(0, 10);
        var path = python.NewPath(".state");
        File.WriteAllBytes(path, random.GetState());
        var expected = python.Run(
            $"torch.set_rng_state(torch.from_numpy(np.fromfile('{path}', np.uint8)))"
            + "; result = torch.rand(1000).numpy().tobytes()");

        Bytes(1000, random.NextSingle).ShouldEqual(expected, "what follows");
    }

    [SkippableFact]
    public void The_generator_of_an_image_in_an_epoch_is_numpys_for_the_same_key()
    {
        (long Seed, int Epoch, long Index)[] keys = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (-7, 89, 1L << 40)];
        foreach (var (seed, epoch, index) in keys)
        {
            var expected = python.Run(
                $"key = [{seed} & 0xffffffff, {seed} >> 32 & 0xffffffff, {epoch}, {index} & 0xffffffff, {index} >> 32]\n"
                + "result = np.random.RandomState(key).randint(0, 2**32, 1500, dtype=np.uint32).tobytes()");
            var random = TorchRandom.For(seed, epoch, index);

            Bytes(1500, random.NextUInt32).ShouldEqual(expected, $"{seed}, {epoch}, {index}");
        }
    }

    [Fact]
    public void A_damaged_state_is_refused_and_changes_nothing()
    {
        var random = new TorchRandom(5);
        random.NextUInt32();
        var good = random.GetState();
        byte[] unseeded = [.. good], spent = [.. good], beyond = [.. good];
        unseeded[12] = 0;
        spent[8] = spent[9] = 0;
        beyond[18] = 1;
        foreach (var bad in new[] { unseeded, spent, beyond, good[1..], [] })
        {
            Action set = () => random.SetState(bad);

            set.Should().Throw<ArgumentException>();
            random.GetState().ShouldEqual(good, "the state");
        }
    }

    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(0.0, double.PositiveInfinity)]
    [InlineData(-3e38, 3e38)]
    public void A_range_without_order_or_end_is_refused(double from, double to)
    {
        Action draw = () => new TorchRandom(1).Uniform(from, to);

        draw.Should().Throw<ArgumentException>().WithMessage("*must be finite and begin before it ends*");
    }

    [Fact]
    public void An_empty_range_of_whole_numbers_is_refused()
    {
        Action draw = () => new TorchRandom(1).NextInt64(3, 3);

        draw.Should().Throw<ArgumentException>().WithMessage("There is no whole number in [3, 3).");
    }

    private static byte[] Bytes<T>(int count, Func<T> draw)
        where T : unmanaged
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = draw();
        }

        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    [Theory]
    [InlineData(0.2, 0.2)]
    [InlineData(1, 1)]
    [InlineData(0.4, 3)]
    [InlineData(8, 2)]
    public void Beta_variates_have_the_distributions_moments(double alpha, double beta)
    {
        const int Count = 200_000;
        var random = new TorchRandom(3);
        double[] values = [.. Enumerable.Range(0, Count).Select(_ => random.NextBeta(alpha, beta))];

        var sum = alpha + beta;
        var mean = alpha / sum;
        var variance = alpha * beta / (sum * sum * (sum + 1));
        values.Should().OnlyContain(value => value >= 0 && value <= 1);
        values.Average().Should().BeApproximately(mean, 5 * Math.Sqrt(variance / Count));
        values.Select(value => (value - mean) * (value - mean)).Average().Should().BeApproximately(variance, variance * 0.03);
    }

    [Fact]
    public void Beta_variates_of_tiny_shapes_are_numbers_at_the_ends()
    {
        var random = new TorchRandom(3);

        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => random.NextBeta(1e-4, 1e-4))];

        // Between them lies a share of about 2 ln(1e9) alpha / 2.
        values.Count(value => value is < 1e-9 or > 1 - 1e-9).Should().BeGreaterThan(980);
        values.Count(value => value > 0.5).Should().BeInRange(400, 600);
        ((Action)(() => random.NextBeta(0, 1))).Should().Throw<ArgumentOutOfRangeException>();
    }
}
