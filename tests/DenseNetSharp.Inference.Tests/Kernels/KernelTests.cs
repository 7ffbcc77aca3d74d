using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;
using DenseNetSharp.Inference.Running;

namespace DenseNetSharp.Inference.Tests.Kernels;

/// <summary>Each kernel by itself against loops over doubles.</summary>
public sealed unsafe class KernelTests
{
    private const double Tolerance = 1e-5;
    private readonly Random _random = new(1);

    public static TheoryData<FusedKernel> All => new(Enum.GetValues<FusedKernel>());

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_product_is_right_for_every_number_of_rows_and_columns(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        var offsets = stackalloc nint[kernels.GroupRows];
        foreach (var (k, n) in new[] { (1, 1), (5, kernels.Lanes), (130, 37), (128, 48), (257, 129), (300, 200) })
        {
            var plan = new BufferPlan();
            var matrix = new PackedMatrix(plan, k, n, kernels.Lanes);
            using var memory = new NativeBuffer(plan.Length);
            matrix.Place(memory.Pointer);
            var weights = Enumerable.Range(0, n).Select(_ => Numbers(k)).ToArray();
            var bias = Numbers(n);
            for (var column = 0; column < n; column++)
            {
                matrix.SetColumn(column, weights[column], bias[column]);
            }

            for (var rows = 1; rows <= kernels.GroupRows; rows++)
            {
                var pixels = Enumerable.Range(0, rows).Select(_ => Numbers(k)).ToArray();
                using var packed = Pack(pixels);
                using var output = new NativeBuffer(rows * matrix.PaddedN);
                for (var row = 0; row < rows; row++)
                {
                    // Backwards, for any order will do.
                    offsets[row] = (rows - 1 - row) * matrix.PaddedN;
                }

                kernels.Multiply(matrix, new PackedPixels(packed.Pointer, rows), floor: 0, new ProductOutput(output.Pointer, offsets));

                for (var row = 0; row < rows; row++)
                {
                    for (var column = 0; column < n; column++)
                    {
                        var sum = (double)bias[column];
                        for (var i = 0; i < k; i++)
                        {
                            sum += (double)pixels[row][i] * weights[column][i];
                        }

                        ((double)output.Pointer[offsets[row] + column]).Should().BeApproximately(Math.Max(sum, 0), Tolerance * k);
                    }
                }
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Winograds_filtering_is_the_convolution(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        foreach (var scheme in new[] { WinogradScheme.Two, WinogradScheme.Four })
        {
            var side = scheme.Input;
            var (image, filter) = (Numbers(side * side), Numbers(9));
            using var source = new NativeBuffer(side * side * PackedRows.Stride);
            source.Span.Clear();
            for (var i = 0; i < image.Length; i++)
            {
                // One channel, the last of a vector.
                source.Pointer[(i * PackedRows.Stride) + kernels.Lanes - 1] = image[i];
            }

            using var transformed = new NativeBuffer(scheme.Positions * kernels.Lanes);
            using var output = new NativeBuffer(scheme.Tile * scheme.Tile * kernels.Lanes);
            var transformedFilter = new float[scheme.Positions];
            scheme.TransformFilter(filter, transformedFilter);
            kernels.TransformInput(
                scheme, source.Pointer, PackedRows.Stride, side * PackedRows.Stride, kernels.Lanes, transformed.Pointer, kernels.Lanes);
            for (var i = 0; i < transformed.Length; i++)
            {
                transformed.Pointer[i] *= transformedFilter[i / kernels.Lanes];
            }

            for (var size = scheme.Tile; size > 0; size--)
            {
                output.Span.Fill(float.NaN);
                kernels.TransformOutput(
                    scheme, transformed.Pointer, kernels.Lanes, kernels.Lanes, output.Pointer, kernels.Lanes,
                    scheme.Tile * kernels.Lanes, size, size);

                for (var y = 0; y < scheme.Tile; y++)
                {
                    for (var x = 0; x < scheme.Tile; x++)
                    {
                        var actual = output.Pointer[(((y * scheme.Tile) + x + 1) * kernels.Lanes) - 1];
                        if (y >= size || x >= size)
                        {
                            float.IsNaN(actual).Should().BeTrue("it is outside the image, and may be another's");
                            continue;
                        }

                        var expected = 0.0;
                        for (var i = 0; i < 9; i++)
                        {
                            expected += (double)filter[i] * image[((y + (i / 3)) * side) + x + (i % 3)];
                        }

                        ((double)actual).Should().BeApproximately(expected, Tolerance);
                    }
                }
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Norms_pooling_and_averages_are_right(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        const int channels = 133;
        const int width = 5;
        var pixels = Enumerable.Range(0, 2 * width).Select(_ => Numbers(channels)).ToArray();
        var (scale, shift) = (Numbers(channels), Numbers(channels));
        using var source = Fill(pixels, stride: 144);
        using var factors = Fill([scale, shift], stride: 144);
        using var packed = new NativeBuffer(PackedRows.Length(width, channels));
        using var mean = new NativeBuffer(144);
        double Normalised(int pixel, int channel) => Math.Max(0, ((double)scale[channel] * pixels[pixel][channel]) + shift[channel]);
        double At(int row, int channel, int rows) => packed.Pointer[PackedIndex(row, channel, rows)];

        kernels.PackNormalized(
            source.Pointer, 144, width, channels, factors.Pointer, factors.Pointer + 144, 0, packed.Pointer, width * PackedRows.Stride);
        for (var channel = 0; channel < channels; channel++)
        {
            for (var row = 0; row < width; row++)
            {
                At(row, channel, width).Should().BeApproximately(Normalised(row, channel), Tolerance);
            }
        }

        kernels.PackPooled(
            source.Pointer, 144, width * 144, channels, factors.Pointer, factors.Pointer + 144, packed.Pointer, PackedRows.Stride);
        for (var channel = 0; channel < channels; channel++)
        {
            var window = new[] { 0, 1, width, width + 1 };
            At(0, channel, 1).Should().BeApproximately(window.Average(pixel => Normalised(pixel, channel)), Tolerance);
        }

        kernels.Average(source.Pointer, 144, 2 * width, channels, factors.Pointer, factors.Pointer + 144, floor: 0, mean.Pointer);
        for (var channel = 0; channel < channels; channel++)
        {
            ((double)mean.Pointer[channel]).Should().BeApproximately(
                Enumerable.Range(0, 2 * width).Average(pixel => Normalised(pixel, channel)), Tolerance);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_million_equal_pixels_average_to_what_they_are(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        using var pixel = new NativeBuffer(16);
        using var one = new NativeBuffer(16);
        using var zero = new NativeBuffer(16);
        using var mean = new NativeBuffer(16);
        pixel.Span.Fill(0.7f);
        one.Span.Fill(1);
        zero.Span.Clear();

        kernels.Average(pixel.Pointer, pixelStride: 0, 1_000_000, channels: 1, one.Pointer, zero.Pointer, floor: 0, mean.Pointer);

        ((double)*mean.Pointer).Should().BeApproximately(0.7f, 2e-6);
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Maxima_of_a_line_are_right_at_both_ends(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        foreach (var width in new[] { 1, 2, 7, 8 })
        {
            var lines = Enumerable.Range(0, 3).Select(_ => Numbers(width * 16)).ToArray();
            using var source = Fill(lines, stride: width * 16);
            var outputs = (width + 1) / 2;
            using var output = new NativeBuffer(outputs * 16);

            kernels.PoolLine(
                source.Pointer, source.Pointer + (width * 16), source.Pointer + (2 * width * 16), width, 16, before: 1, 16, output.Pointer, 16);

            for (var i = 0; i < outputs * 16; i++)
            {
                var columns = Enumerable.Range((2 * (i / 16)) - 1, 3).Where(x => x >= 0 && x < width);
                output.Pointer[i].Should().Be(columns.Max(x => lines.Max(line => line[(x * 16) + (i % 16)])));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void What_is_not_a_number_stays_so(FusedKernel kernel)
    {
        var kernels = Kernels(kernel);
        using var one = Fill([[.. Enumerable.Repeat(1f, 16)]], stride: 16);
        for (var place = 0; place < 9; place++)
        {
            // Of a window of three by three pixels of 16 channels, one value.
            using var window = new NativeBuffer(9 * 16);
            using var output = new NativeBuffer(PackedRows.Length(9, 16));
            window.Span.Clear();
            window.Pointer[(place * 16) + 3] = float.NaN;

            // Two outputs: the left column is the first's alone, the right one the second's, the middle one both's.
            kernels.PoolLine(window.Pointer, window.Pointer + 48, window.Pointer + 96, 3, 16, before: 1, 16, output.Pointer, 16);
            float.IsNaN(output.Pointer[3]).Should().Be(place % 3 < 2);
            float.IsNaN(output.Pointer[16 + 3]).Should().Be(place % 3 > 0);
            float.IsNaN(output.Pointer[2]).Should().BeFalse();

            kernels.PackNormalized(window.Pointer, 16, 9, 16, one.Pointer, one.Pointer, 0, output.Pointer, 9 * PackedRows.Stride);
            float.IsNaN(output.Pointer[(place * PackedRows.Stride) + 3]).Should().BeTrue();
            float.IsNaN(output.Pointer[(place * PackedRows.Stride) + 4]).Should().BeFalse();
        }
    }

    [Fact]
    public void Memory_is_for_the_largest_image_and_not_for_the_largest_height_times_the_largest_width()
    {
        var spec = NaiveParityTests.Specs["like densenet121"];
        using var checkpoint = RandomNetwork.Create(spec);
        using var network = new PackedNetwork(spec, new NetworkTensors(spec, checkpoint), lanes: 16, threads: 1);
        using var maps = new ImageMaps(network);
        maps.Ensure(new ImageSize(64, 2000));
        var before = maps.ByteCount;

        maps.Ensure(new ImageSize(2000, 64));
        maps.Ensure(new ImageSize(32, 32));

        maps.ByteCount.Should().BeLessThan((long)(1.1 * before));
    }

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

    /// <summary>Where a row's value lies, as <see cref="PackedRows"/> says.</summary>
    private static int PackedIndex(int row, int channel, int rows) =>
        (((channel / PackedRows.Stride * rows) + row) * PackedRows.Stride) + (channel % PackedRows.Stride);

    private static NativeBuffer Pack(float[][] rows)
    {
        var k = rows[0].Length;
        var packed = new NativeBuffer(PackedRows.Length(rows.Length, k));
        for (var row = 0; row < rows.Length; row++)
        {
            for (var i = 0; i < k; i++)
            {
                packed.Pointer[PackedIndex(row, i, rows.Length)] = rows[row][i];
            }
        }

        return packed;
    }

    private static NativeBuffer Fill(float[][] rows, int stride)
    {
        var buffer = new NativeBuffer(rows.Length * stride);
        buffer.Span.Clear();
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(buffer.Span[(row * stride)..]);
        }

        return buffer;
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];
}
