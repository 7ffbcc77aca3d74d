using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Decodes NumPy's numbers, as which training scripts often keep their best accuracy.</summary>
internal static class PickleNumpy
{
    // NumPy says which byte order its numbers have in the state of the dtype: (3, '<', ...).
    private const string BigEndian = ">";

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

        var bytes = Encoding.Latin1.GetBytes(text);
        return (type, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("b1", 1) => bytes[0] != 0,
            _ => null,
        };
    }
}
