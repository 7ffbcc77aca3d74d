namespace DenseNetSharp.Training;

/// <summary>Recognises that a device has no memory left: libtorch says so in words only.</summary>
internal static class OutOfMemory
{
    private static readonly string[] Sentences =
    [
        "out of memory", // CUDA, MPS, ROCm
        "can't allocate memory", // c10's CPU allocator
        "not enough memory", // c10's CPU allocator on Windows
    ];

    public static bool Explains(Exception exception) => exception is OutOfMemoryException
        || Array.Exists(Sentences, sentence => exception.Message.Contains(sentence, StringComparison.OrdinalIgnoreCase));
}
