using System.Diagnostics;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;
using Xunit.Abstractions;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>
/// Damages small files of every kind that PyTorch wrote. Each either opens and reads, or is refused as damaged;
/// nothing else, in little time and with little memory.
/// </summary>
[Collection(TorchFilesCollection.Name)]
public sealed class CheckpointFuzzTests(TorchFiles files, ITestOutputHelper output)
{
    private const int DefaultMutations = 5_000;

    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(5);

    // The sound files have up to 16 KB. Finding a zip archive's directory takes 64 KB; a pickle's values and names take
    // some ten times its bytes.
    private const long MostAllocatedBytes = 1 << 20;

    [SkippableFact]
    public void A_damaged_file_opens_or_is_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var count = FuzzSettings.Mutations(DefaultMutations);
        var seed = FuzzSettings.Seed;
        var mutator = new FileMutator(SoundFiles(), seed);
        var reader = new WatchedReader();
        var watch = Stopwatch.StartNew();
        for (var index = 0; index < count; index++)
        {
            var damaged = mutator.Mutate(index);

            // Written before it is read: a crash of the whole process leaves it behind.
            var path = folder.Write("damaged.pth", damaged);
            if (reader.FindTrouble(path) is { } trouble)
            {
                var kept = Path.Combine(Path.GetTempPath(), $"densenetsharp-fuzz-{seed}-{index}.pth");
                File.Copy(path, kept, overwrite: true);
                Assert.Fail($"Mutation {index} of seed {seed}, kept as {kept}: {trouble}");
            }
        }

        output.WriteLine(
            $"{count} mutations of seed {seed} in {watch.Elapsed.TotalSeconds:F0} s: {reader.Opened} opened, the rest "
            + $"refused; at most {reader.LongestTime.TotalMilliseconds:F0} ms and {reader.MostBytes:N0} bytes each.");
        reader.Opened.Should().BeInRange(1, count - 1, "some damage does no harm, and most does");
    }

    [SkippableFact]
    public void The_files_that_are_damaged_are_sound()
    {
        foreach (var path in SoundPaths())
        {
            using var checkpoint = Checkpoint.Open(path);

            checkpoint.Tensors.Should().NotBeEmpty(path);
        }
    }

    private string[] SoundPaths() =>
        [.. Directory.GetFiles(files.PathOf("small")).Order(StringComparer.Ordinal)];

    private List<byte[]> SoundFiles() => [.. SoundPaths().Select(File.ReadAllBytes)];

    /// <summary>Reads files as an application does, and watches what that takes.</summary>
    private sealed class WatchedReader
    {
        // Where the elements go is the caller's own memory, so it is not counted. It grows to the largest tensor.
        private byte[] _elements = [];
        private long _ownBytes;

        public int Opened { get; private set; }

        public long MostBytes { get; private set; }

        public TimeSpan LongestTime { get; private set; }

        /// <summary>What went wrong in one sentence, or null.</summary>
        public string? FindTrouble(string path)
        {
            var watch = Stopwatch.StartNew();
            var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            _ownBytes = 0;
            string? trouble = null;
            try
            {
                using var checkpoint = Checkpoint.Open(path);
                ReadAll(checkpoint);
                DenseNetShapes.TryInfer(checkpoint, out _, out _);
                Opened++;
            }
            catch (CheckpointFormatException refusal)
            {
                var isPlace = refusal.Offset >= 0 && refusal.Offset <= new FileInfo(path).Length;
                trouble = isPlace ? null : $"The refusal names no place in the file: {refusal.Message}";
            }
            catch (Exception exception)
            {
                trouble = exception.ToString();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore - _ownBytes;
            MostBytes = Math.Max(MostBytes, allocated);
            LongestTime = watch.Elapsed > LongestTime ? watch.Elapsed : LongestTime;
            return trouble
                ?? (allocated > MostAllocatedBytes ? $"It took {allocated} bytes of memory." : null)
                ?? (watch.Elapsed > _mostTime ? $"It took {watch.Elapsed}." : null);
        }

        private void ReadAll(Checkpoint checkpoint)
        {
            foreach (var tensor in checkpoint.Tensors.Values)
            {
                if (tensor.ByteCount > _elements.Length)
                {
                    _elements = new byte[tensor.ByteCount];
                    _ownBytes += tensor.ByteCount;
                }

                tensor.CopyTo(_elements.AsSpan(0, (int)tensor.ByteCount));
            }
        }
    }
}
