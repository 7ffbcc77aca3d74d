using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Tests.Kernels;

/// <summary>The kernels that torchvision's networks do not need, each by itself.</summary>
public sealed unsafe class FamilyKernelTests
{
    private const double Tolerance = 1e-5;
    private const int Channels = 16;
    private readonly Random _random = new(1);

    public static TheoryData<FusedKernel> All => new(Enum.GetValues<FusedKernel>());

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_blurred_line_is_the_binomial_filter_of_reflected_maxima(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        var lines = stackalloc float*[9];
        foreach (var (height, width) in new[] { (2, 2), (3, 2), (2, 3), (5, 7), (6, 8) })
        {
            using var image = Numbers(height * width * Channels);
            double Maximum(int y, int x, int c) => Beside(y, height).SelectMany(row => Beside(x, width).Select(column =>
                (double)image.Pointer[(((row * width) + column) * Channels) + c])).Max();
            using var output = new NativeBuffer((width + 1) / 2 * Channels);
            for (var y = 0; y < height; y += 2)
            {
                int[] middles = [Reflect(y - 1, height), y, Reflect(y + 1, height)];
                for (var i = 0; i < 9; i++)
                {
                    // The middle one again where there is none.
                    var line = middles[i / 3] + (i % 3) - 1;
                    line = line < 0 || line >= height ? middles[i / 3] : line;
                    lines[i] = image.Pointer + (line * width * Channels);
                }

                kernels.BlurLine(lines, width, Channels, Channels, output.Pointer, Channels);

                for (var i = 0; i < output.Length; i++)
                {
                    var (x, c) = (2 * ((int)i / Channels), (int)i % Channels);
                    var expected = 0.0;
                    for (var tap = 0; tap < 9; tap++)
                    {
                        var weight = (tap / 3 == 1 ? 2 : 1) * (tap % 3 == 1 ? 2 : 1) / 16.0;
                        expected += weight * Maximum(middles[tap / 3], Reflect(x + (tap % 3) - 1, width), c);
                    }

                    ((double)output.Pointer[i]).Should().BeApproximately(expected, Tolerance);
                }
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Maxima_may_begin_at_the_first_pixel(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        foreach (var width in new[] { 2, 4, 10 })
        {
            using var lines = Numbers(3 * width * Channels);
            using var output = new NativeBuffer(width / 2 * Channels);
            var length = width * Channels;

            kernels.PoolLine(
                lines.Pointer, lines.Pointer + length, lines.Pointer + (2 * length), width, Channels, before: 0, Channels, output.Pointer, Channels);

            for (var i = 0; i < output.Length; i++)
            {
                var columns = Enumerable.Range(2 * ((int)i / Channels), 3).Where(x => x < width);
                var expected = columns.Max(x => Enumerable.Range(0, 3).Max(line => lines.Pointer[(line * length) + (x * Channels) + (i % Channels)]));
                output.Pointer[i].Should().Be(expected);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Largest_values_and_means_are_right_with_and_without_a_floor(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        const int pixels = 40;
        using var source = Numbers(pixels * Channels);
        using var scale = Numbers(Channels);
        using var shift = Numbers(Channels);
        using var output = new NativeBuffer(Channels);
        foreach (var floor in new[] { 0, float.NegativeInfinity })
        {
            double Value(int pixel, int c) =>
                Math.Max(floor, ((double)source.Pointer[(pixel * Channels) + c] * scale.Pointer[c]) + shift.Pointer[c]);

            kernels.Largest(source.Pointer, Channels, pixels, Channels, scale.Pointer, shift.Pointer, floor, output.Pointer);
            for (var c = 0; c < Channels; c++)
            {
                ((double)output.Pointer[c]).Should().BeApproximately(Enumerable.Range(0, pixels).Max(i => Value(i, c)), Tolerance);
            }

            kernels.Average(source.Pointer, Channels, pixels, Channels, scale.Pointer, shift.Pointer, floor, output.Pointer);
            for (var c = 0; c < Channels; c++)
            {
                ((double)output.Pointer[c]).Should().BeApproximately(Enumerable.Range(0, pixels).Average(i => Value(i, c)), Tolerance);
            }
        }

        for (var pixel = 0; pixel < pixels; pixel++)
        {
            var before = source.Pointer[(pixel * Channels) + 3];
            source.Pointer[(pixel * Channels) + 3] = float.NaN;
            kernels.Largest(source.Pointer, Channels, pixels, Channels, scale.Pointer, shift.Pointer, 0, output.Pointer);
            float.IsNaN(output.Pointer[3]).Should().BeTrue();
            float.IsNaN(output.Pointer[4]).Should().BeFalse();
            source.Pointer[(pixel * Channels) + 3] = before;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_tile_is_the_same_from_maps_that_lie_closer(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        foreach (var scheme in new[] { WinogradScheme.Two, WinogradScheme.Four })
        {
            using var pixels = Numbers(scheme.Positions * Channels);
            float[]? first = null;
            foreach (var stride in new[] { PackedRows.Stride, 64, 32 })
            {
                using var source = new NativeBuffer(scheme.Positions * stride);
                source.Span.Clear();
                for (var i = 0; i < scheme.Positions; i++)
                {
                    pixels.Span.Slice(i * Channels, Channels).CopyTo(source.Span[(i * stride)..]);
                }

                using var transformed = new NativeBuffer(scheme.Positions * Channels);
                kernels.TransformInput(scheme, source.Pointer, stride, scheme.Input * stride, Channels, transformed.Pointer, Channels);
                first ??= transformed.Span.ToArray();

                transformed.Span.SequenceEqual(first).Should().BeTrue();
                first.Should().Contain(value => value != 0);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Bias_and_floor_are_applied_to_a_tiles_outputs(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        foreach (var scheme in new[] { WinogradScheme.Two, WinogradScheme.Four })
        {
            var outputs = scheme.Tile * scheme.Tile * Channels;
            using var products = Numbers(scheme.Positions * Channels);
            using var bias = Numbers(Channels);
            using var plain = new NativeBuffer(outputs);
            using var finished = new NativeBuffer(outputs);
            void Transform(NativeBuffer output, float* added, float floor) => kernels.TransformOutput(
                scheme,
                products.Pointer,
                Channels,
                Channels,
                output.Pointer,
                Channels,
                scheme.Tile * Channels,
                scheme.Tile,
                scheme.Tile,
                added,
                floor);

            Transform(plain, null, float.NegativeInfinity);
            foreach (var floor in new[] { 0, float.NegativeInfinity })
            {
                Transform(finished, bias.Pointer, floor);

                for (var i = 0; i < outputs; i++)
                {
                    finished.Pointer[i].Should().Be(Math.Max(floor, plain.Pointer[i] + bias.Pointer[i % Channels]));
                }
            }
        }
    }

    private static IEnumerable<int> Beside(int index, int length) =>
        Enumerable.Range(index - 1, 3).Where(other => other >= 0 && other < length);

    private static int Reflect(int index, int length) => index < 0 ? -index : index < length ? index : (2 * length) - 2 - index;

    private static KernelSet Kernels(FusedKernel kernel)
    {
        try
        {
            return KernelSet.Of(kernel);
        }
        catch (PlatformNotSupportedException exception)
        {
            throw new SkipException(exception.Message);
        }
    }

    private NativeBuffer Numbers(int count)
    {
        var buffer = new NativeBuffer(count);
        foreach (ref var value in buffer.Span)
        {
            value = (_random.NextSingle() * 2) - 1;
        }

        return buffer;
    }
}
