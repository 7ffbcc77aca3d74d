namespace DenseNetSharp.Checkpoints;

/// <summary>Copies a tensor out of its storage into C order, whatever its strides.</summary>
internal static class StridedCopy
{
    public static void Copy(TensorStorage storage, TensorLayout layout, int elementSize, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        // The last dimensions often lie one element after another; those are read in one go.
        var outer = layout.Shape.Count;
        var run = 1L;
        while (outer > 0 && (layout.Shape[outer - 1] == 1 || layout.Stride[outer - 1] == run))
        {
            run *= layout.Shape[--outer];
        }

        var runBytes = (int)(run * elementSize);
        var index = new long[outer];
        var from = layout.Offset;
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
