using System.Runtime.InteropServices;
using DenseNetSharp.Images.Formats.Jpeg;

namespace DenseNetSharp.Core.Tests.Images.Formats.Jpeg;

public class InverseDctTests
{
    [SkippableTheory]
    [InlineData(20, 64)]
    [InlineData(2000, 64)]
    [InlineData(2000, 5)]
    [InlineData(short.MaxValue, 64)]
    [InlineData(short.MaxValue, 8)]
    public void Vectors_give_the_samples_of_ordinary_arithmetic_whatever_the_coefficients(int greatest, int count)
    {
        Skip.IfNot(Avx2InverseDct.IsSupported, "This processor has no AVX2.");
        var random = new Random(greatest + count);
        for (var i = 0; i < 2000; i++)
        {
            var block = Numbers(count, greatest);
            var quantization = Numbers(64, i % 2 == 0 ? 100 : short.MaxValue);
            byte[] actual = new byte[64], expected = new byte[64];
            ref var first = ref MemoryMarshal.GetArrayDataReference(block);

            Avx2InverseDct.Transform(ref first, quantization, ref actual[0], 8);
            InverseDct.TransformByElement(ref first, quantization, ref expected[0], 8);

            actual.ShouldEqual(expected, $"block {i}");
        }

        short[] Numbers(int howMany, int most)
        {
            var numbers = new short[64];
            for (var i = 0; i < howMany; i++)
            {
                numbers[i] = (short)random.Next(-most - 1, most + 1);
            }

            return numbers;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(-300)]
    [InlineData(2047)]
    [InlineData(short.MinValue)]
    public void A_block_of_one_coefficient_is_flat(int dc)
    {
        short[] block = [(short)dc, .. new short[63]], quantization = [.. Enumerable.Repeat((short)7, 64)];
        byte[] actual = new byte[64], expected = new byte[64];

        InverseDct.TransformFlat(dc, quantization, ref actual[0], 8);
        InverseDct.TransformByElement(ref block[0], quantization, ref expected[0], 8);

        actual.ShouldEqual(expected, $"{dc}");
    }
}
