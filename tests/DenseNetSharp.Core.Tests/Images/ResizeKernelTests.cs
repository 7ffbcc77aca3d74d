using System.Security.Cryptography;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Resizing;

namespace DenseNetSharp.Core.Tests.Images;

[Collection(PillowCollection.Name)]
public class ResizeKernelTests(PillowReference pillow)
{
    private static readonly (int Width, int Height, int NewWidth, int NewHeight)[] Sizes =
    [
        (400, 300, 34, 25), (101, 67, 53, 31), (53, 31, 101, 67), (17, 5, 9, 3), (1, 40, 13, 3), (40, 1, 3, 13), (3, 700, 5, 16),
        (2000, 5, 3, 4), (28, 28, 32, 32),
    ];

    /// <summary>A variable that takes instructions from the process, and what is left to it.</summary>
    public static readonly TheoryData<string, string> Environments = new()
    {
        { "DOTNET_EnableAVX2", nameof(ResizeKernel.Vector128) },
        { "DOTNET_EnableAVX", nameof(ResizeKernel.Vector128) },
        { "DOTNET_EnableHWIntrinsic", nameof(ResizeKernel.Scalar) },
    };

    [SkippableFact]
    public void The_kernel_of_this_process_gives_Pillows_bytes() => ResizeAll().Should().Be($"{HorizontalPass.Kernel} {Expected()}");

    [SkippableTheory]
    [MemberData(nameof(Environments))]
    public async Task Fewer_instructions_give_Pillows_bytes(string variable, string kernel)
    {
        // ARM64 has no such variables but for the last.
        Skip.IfNot(
            System.Runtime.Intrinsics.X86.Sse41.IsSupported || kernel == nameof(ResizeKernel.Scalar), "x64 only");
        using var child = new RunningProgram(["resize"], (variable, "0"));

        (await child.Result()).Should().Be($"{kernel} {Expected()}");
    }

    /// <summary>The kernel and the hash of every size with every filter in color and gray.</summary>
    internal static string ResizeAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (width, height, newWidth, newHeight) in Sizes)
        {
            var image = TestImages.Noise(width, height);
            var columns = new OutputRange(width, newWidth, 0, newWidth);
            var rows = new OutputRange(height, newHeight, 0, newHeight);
            foreach (var filter in Enum.GetValues<Resampling>())
            {
                hash.AppendData(ImageResizer.Resize(image, newWidth, newHeight, filter).Pixels);
                hash.AppendData(ImageResizer.Resize(new Raster(width, height, 1, image.ToGray()), columns, rows, filter).Bytes);
            }
        }

        return $"{HorizontalPass.Kernel} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private string Expected()
    {
        var cases = Sizes.Select(size =>
            $"({TestImages.Noise(size.Width, size.Height).ToPython(pillow)}, ({size.NewWidth}, {size.NewHeight}))");
        return pillow.RunText($"""
            import hashlib
            hash = hashlib.sha256()
            for image, size in [{string.Join(", ", cases)}]:
                for filter in range(6):
                    hash.update(image.resize(size, filter).tobytes())
                    hash.update(image.convert("L").resize(size, filter).tobytes())
            result = hash.hexdigest()
            """);
    }
}
