using DenseNetSharp.Files;

namespace DenseNetSharp.Core.Tests.Files;

/// <summary>
/// The lock between processes, by its own internal parts: the moment between opening a file and locking it is too short
/// to be met from outside.
/// </summary>
public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LockPath => _folder.File("net.lock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_another_has_replaced_before_it_was_locked_is_no_lock()
    {
        var late = new FileStream(LockPath, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(LockPath);
        using var holder = TryAcquire();
        var length = new FileInfo(LockPath).Length;

        FileLock.Of(late).Should().BeNull();

        new FileInfo(LockPath).Length.Should().Be(length, "it is the holder's, who still has it");
        TryAcquire().Should().BeNull();
    }

    [Fact]
    public void A_file_that_is_gone_before_it_was_locked_is_no_lock()
    {
        var late = new FileStream(LockPath, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(LockPath);

        FileLock.Of(late).Should().BeNull();

        File.Exists(LockPath).Should().BeFalse();
    }

    [Fact]
    public void A_lock_is_had_once_and_leaves_nothing()
    {
        var first = TryAcquire();
        first.Should().NotBeNull();
        TryAcquire().Should().BeNull();

        first!.Dispose();

        File.Exists(LockPath).Should().BeFalse();
        using var second = TryAcquire();
        second.Should().NotBeNull();
    }

    private FileLock? TryAcquire() => FileLock.TryAcquire(LockPath);
}
