using System.Buffers;

namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>Copies a tensor out of its storage into C order, whatever its strides.</summary>
internal static class StridedCopy
{
    // A view of a few elements far apart is read one by one; any other is read whole, for a read costs more than a copy.
    private const int MostReadPerElementUsed = 16;
    private const int SmallExtent = 1 << 16;

    public static void Copy(TensorStorage storage, TensorLayout layout, int elementSize, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        // The last dimensions often lie one element after another; those are copied in one go.
        var outer = layout.Shape.Count;
        var run = 1L;
        while (outer > 0 && (layout.Shape[outer - 1] == 1 || layout.Stride[outer - 1] == run))
        {
            run *= layout.Shape[--outer];
        }

        var runBytes = (int)(run * elementSize);
        var extentBytes = Extent(layout) * elementSize;
        if (runBytes == destination.Length
            || extentBytes > Math.Max(SmallExtent, (long)MostReadPerElementUsed * destination.Length)
            || extentBytes > Array.MaxLength)
        {
            Gather(storage, layout, layout.Offset, outer, runBytes, elementSize, destination);
            return;
        }

        var extent = ArrayPool<byte>.Shared.Rent((int)extentBytes);
        try
        {
            storage.Read(layout.Offset * elementSize, extent.AsSpan(0, (int)extentBytes));
            Gather(new MemoryStorage(extent), layout, 0, outer, runBytes, elementSize, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(extent);
        }
    }

    /// <summary>Elements from the tensor's first in the storage to its last.</summary>
    private static long Extent(TensorLayout layout) =>
        1 + layout.Shape.Zip(layout.Stride, (size, stride) => (size - 1) * stride).Sum();

    private static void Gather(
        TensorStorage storage,
        TensorLayout layout,
        long from,
        int outer,
        int runBytes,
        int elementSize,
        Span<byte> destination)
    {
        var index = new long[outer];
        for (var to = 0; to < destination.Length; to += runBytes)
        {
            storage.Read(from * elementSize, destination.Slice(to, runBytes));

            // Like an odometer: the last dimension turns fastest, and a full turn moves the one before it.
            for (var i = outer - 1; i >= 0; i--)
            {
                from += layout.Stride[i];
                if (++index[i] < layout.Shape[i])
                {
                    break;
                }

                from -= index[i] * layout.Stride[i];
                index[i] = 0;
            }
        }
    }
}
