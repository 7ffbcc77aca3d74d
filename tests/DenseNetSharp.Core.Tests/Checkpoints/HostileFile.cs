using System.Diagnostics;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Opens files made to do harm.</summary>
internal static class HostileFile
{
    private const long MostAllocatedBytes = 400L << 20;
    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(20);

    /// <summary>Requires that a file is refused, quickly, with little memory and with a place in it.</summary>
    public static CheckpointFormatException Refuse(byte[] file, long mostAllocatedBytes = MostAllocatedBytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pth", file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var open = () => Checkpoint.Open(path).Dispose();

        var error = open.Should().Throw<CheckpointFormatException>().Which;

        watch.Elapsed.Should().BeLessThan(_mostTime);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(mostAllocatedBytes);
        error.Message.Should().StartWith(path).And.EndWith(".");
        error.Offset.Should().BeInRange(0, file.Length);
        return error;
    }
}
