using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DenseNetSharp.Files;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>The pooled outputs of frozen features for every image of a data set, computed once.</summary>
internal sealed class FrozenFeatures : IDisposable
{
    private const int HashLength = 32;

    private readonly int _length;
    private readonly SafeFileHandle? _file;
    private readonly float[][]? _rows;

    private FrozenFeatures(int length, SafeFileHandle? file, float[][]? rows) => (_length, _file, _rows) = (length, file, rows);

    /// <summary>Computes the features, or finds them in the file where an earlier run left them.</summary>
    /// <param name="model">The network.</param>
    /// <param name="loader">The images; nothing augments them.</param>
    /// <param name="path">The file to keep them in; null to keep them in memory.</param>
    /// <param name="onBatch">Told of each batch, the images that it held and those that could not be read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static FrozenFeatures Compute(
        DenseNet model, ImageLoader loader, string? path, Action<LabelledBatch>? onBatch, CancellationToken cancellationToken)
    {
        var length = model.Spec.PooledFeatureCount;
        if (path is null)
        {
            var rows = new float[loader.Dataset.Images.Count][];
            Run(model, loader, onBatch, (row, values) => rows[row] = values.ToArray(), cancellationToken);
            return new FrozenFeatures(length, null, rows);
        }

        var hash = HashOf(model, loader);
        if (!IsCurrent(path, hash, HashLength + 4L * length * loader.Dataset.Images.Count))
        {
            Write(path, hash, length, model, loader, onBatch, cancellationToken);
        }

        return new FrozenFeatures(length, File.OpenHandle(path), null);
    }

    /// <summary>The features of some images.</summary>
    /// <param name="indices">The images' places in the data set. Those that could not be read are left out.</param>
    /// <returns>The places of those that could be read, N of them, and <c>[N, features]</c>; null where there are none.</returns>
    public (int[] Indices, Tensor Features)? Of(ReadOnlySpan<int> indices)
    {
        var values = new float[indices.Length * _length];
        var kept = new List<int>(indices.Length);
        foreach (var index in indices)
        {
            if (Read(index, values.AsSpan(kept.Count * _length, _length)))
            {
                kept.Add(index);
            }
        }

        if (kept.Count == 0)
        {
            return null;
        }

        // Not a tensor over the array: where an array happens to lie decides, in some libraries, how a product is rounded.
        var features = empty([kept.Count, _length], dtype: ScalarType.Float32);
        MemoryMarshal.AsBytes(values.AsSpan(0, kept.Count * _length)).CopyTo(features.bytes);
        return ([.. kept], features);
    }

    public void Dispose() => _file?.Dispose();

    private static void Run(
        DenseNet model, ImageLoader loader, Action<LabelledBatch>? onBatch, Action<int, ReadOnlySpan<float>> keep, CancellationToken cancellationToken)
    {
        model.eval();
        foreach (var batch in loader.EvaluationBatches(cancellationToken))
        {
            using (batch)
            using (NewDisposeScope())
            using (no_grad())
            {
                var weight = model.FirstWeight;
                var features = model.PooledFeatures(batch.Images.to(weight.dtype, weight.device)).to(ScalarType.Float32).cpu().contiguous();
                var values = MemoryMarshal.Cast<byte, float>(features.bytes);
                var length = (int)features.size(1);
                foreach (var (row, place) in batch.Places.Index())
                {
                    keep(place, values.Slice(row * length, length));
                }

                onBatch?.Invoke(batch);
            }
        }
    }

    private static void Write(
        string path, byte[] hash, int length, DenseNet model, ImageLoader loader, Action<LabelledBatch>? onBatch, CancellationToken cancellationToken)
    {
        // What is not written, for want of a readable image, must not read as features.
        byte[] none = [.. MemoryMarshal.AsBytes(Enumerable.Repeat(float.NaN, length).ToArray().AsSpan())];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(hash);
            for (var row = 0; row < loader.Dataset.Images.Count; row++)
            {
                stream.Write(none);
            }

            Run(model, loader, onBatch, Keep, cancellationToken);

            void Keep(int row, ReadOnlySpan<float> values)
            {
                stream.Position = Offset(row, length);
                stream.Write(MemoryMarshal.AsBytes(values));
            }
        });
    }

    /// <summary>What the features depend on: weights, preparation and images.</summary>
    private static byte[] HashOf(DenseNet model, ImageLoader loader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var checkpoint = model.ToCheckpoint())
        {
            foreach (var (name, tensor) in checkpoint.Tensors.Where(entry => entry.Key.StartsWith("features.", StringComparison.Ordinal)))
            {
                var bytes = new byte[tensor.ByteCount];
                tensor.CopyTo(bytes);
                hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor}\n"));
                hash.AppendData(bytes);
            }
        }

        // A record's text has the values of all its properties, but not those of lists.
        var preset = loader.Preset;
        hash.AppendData(Encoding.UTF8.GetBytes(
            $"{preset} {string.Join(' ', preset.Mean)} {string.Join(' ', preset.Std)} {loader.Options.Decode} {model.FirstWeight.dtype}\n"));
        // What tensors do not tell.
        var spec = model.Spec;
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{spec.Stem} {spec.HasBlurPooling} {spec.HasSamePadding} {spec.BatchNormEpsilon} {spec.Pooling}\n")));
        foreach (var image in loader.Dataset.Images)
        {
            var file = new FileInfo(image.Path);
            hash.AppendData(Encoding.UTF8.GetBytes(
                file.Exists ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}\n" : $"{file.FullName}\n"));
        }

        return hash.GetHashAndReset();
    }

    private static bool IsCurrent(string path, byte[] hash, long length)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != length)
        {
            return false;
        }

        using var file = File.OpenHandle(path);
        var found = new byte[HashLength];
        return RandomAccess.Read(file, found, 0) == HashLength && found.AsSpan().SequenceEqual(hash);
    }

    private static long Offset(int row, int length) => HashLength + 4L * length * row;

    private bool Read(int index, Span<float> destination)
    {
        if (_rows is not null)
        {
            _rows[index]?.CopyTo(destination);
            return _rows[index] is not null;
        }

        var bytes = MemoryMarshal.AsBytes(destination);
        return RandomAccess.Read(_file!, bytes, Offset(index, _length)) == bytes.Length
            ? !float.IsNaN(destination[0])
            : throw new EndOfStreamException("The file of frozen features has become shorter while it was used.");
    }
}
