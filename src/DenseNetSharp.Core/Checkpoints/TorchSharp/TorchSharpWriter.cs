using System.Text;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.TorchSharp;

/// <summary>Writes what <see cref="TorchSharpReader"/> and TorchSharp's <c>Module.load</c> read.</summary>
internal static class TorchSharpWriter
{
    public static void Write(Checkpoint checkpoint, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        using var buffer = new TensorBuffer();
        writer.Write7BitEncodedInt64(checkpoint.Tensors.Count);
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            writer.Write(name);
            writer.Write7BitEncodedInt64(TorchSharpDataTypes.NumberOf(tensor.DataType));
            writer.Write7BitEncodedInt64(tensor.Shape.Count);
            foreach (var size in tensor.Shape)
            {
                writer.Write7BitEncodedInt64(size);
            }

            writer.Write(buffer.Fill(tensor));
        }
    }
}
