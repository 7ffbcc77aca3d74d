namespace DenseNetSharp.Inference.Packing;

/// <summary>How whole numbers are divided here.</summary>
internal static class Division
{
    /// <summary>How many parts of a size hold so many items; the last may not be full.</summary>
    public static int Up(int items, int size) => (items + size - 1) / size;

    /// <summary>The smallest multiple of a size that holds so many items.</summary>
    public static int ToMultiple(int items, int size) => Up(items, size) * size;

    /// <summary>Where a part begins when items are divided into nearly equal parts; a part ends where the next begins.</summary>
    public static int Start(int items, int parts, int part) => (int)((long)items * part / parts);
}
