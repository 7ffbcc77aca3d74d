namespace DenseNetSharp.Inference.Packing;

/// <summary>What a disposed engine is called, in rooms that do not know it.</summary>
internal static class EngineName
{
    public const string Full = $"{nameof(DenseNetSharp)}.{nameof(Inference)}.{nameof(FusedDenseNet)}";
}
