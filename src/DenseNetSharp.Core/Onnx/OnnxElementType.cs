namespace DenseNetSharp.Onnx;

/// <summary>ONNX's <c>TensorProto.DataType</c>, as far as it is needed.</summary>
internal enum OnnxElementType
{
    Float32 = 1,
    UInt8 = 2,
    Int64 = 7,
    Float16 = 10,
}
