using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Decodes NumPy's numbers and short arrays, as which training scripts often keep an accuracy, class names or thresholds.</summary>
internal static class PickleNumpy
{
    // NumPy says which byte order its numbers have in the state of the dtype: (3, '<', ...).
    private const string BigEndian = ">";

    private const long MostItems = 1 << 16;

    /// <summary>
    /// The number of <c>scalar(dtype('f8'), bytes)</c>, or null for a type or length that is not known here.
    /// </summary>
    public static object? Scalar(PickleTuple arguments)
    {
        if (arguments.Items is not [PickleObject { Arguments.Items: [string type, ..] } dtype, var data]
            || (data as PickleBytes)?.Latin1 is not { Length: <= sizeof(double) } text
            || dtype.State is PickleTuple { Items: [_, BigEndian, ..] })
        {
            return null;
        }

        return Value(type, Encoding.Latin1.GetBytes(text));
    }

    /// <summary>
    /// The items of an array of one dimension: numbers or text. Its state is (version, shape, dtype, whether by column, bytes or a list
    /// of objects). Null for any other array or object.
    /// </summary>
    public static IReadOnlyList<object?>? Array(PickleObject instance, PickleBudget budget)
    {
        if (instance.State is not PickleTuple
            { Items: [long, PickleTuple { Items: [long and >= 0 and <= MostItems and var count] }, PickleObject dtype, bool, var data] }
            || dtype.Arguments.Items is not [string type, ..]
            || dtype.State is PickleTuple { Items: [_, BigEndian, ..] })
        {
            return null;
        }

        budget.Spend(count);
        if (data is PickleList { Items: var objects })
        {
            return objects.Count == count ? objects : null;
        }

        if ((data as PickleBytes)?.Latin1 is not { } text || count == 0 || text.Length % count != 0)
        {
            return null;
        }

        budget.Spend(text.Length);
        var bytes = Encoding.Latin1.GetBytes(text);
        object?[] items = [.. bytes.Chunk((int)(bytes.Length / count)).Select(item => Value(type, item))];
        return items.Contains(null) ? null : items;
    }

    private static object? Value(string type, byte[] bytes) => (type, bytes.Length) switch
    {
        ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ("b1", 1) => bytes[0] != 0,
        (['U', ..], > 0) when bytes.Length % 4 == 0 => Encoding.UTF32.GetString(bytes).TrimEnd('\0'),
        (['S', ..], > 0) => Encoding.UTF8.GetString(bytes).TrimEnd('\0'),
        _ => null,
    };
}
