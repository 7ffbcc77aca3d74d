using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Recognises that a device has no memory left: libtorch says so in words only.</summary>
internal static class OutOfMemory
{
    private static readonly string[] Sentences =
    [
        "out of memory", // CUDA, MPS, ROCm
        "out_of_memory", // the CUDA driver's
        "alloc_failed", // cuDNN's and cuBLAS's status
        "can't allocate memory", // c10's CPU allocator
        "not enough memory", // c10's CPU allocator on Windows
    ];

    public static bool Explains(Exception exception) => exception is OutOfMemoryException
        || Array.Exists(Sentences, sentence => exception.Message.Contains(sentence, StringComparison.OrdinalIgnoreCase));

    /// <summary>Says how much was too much, and what to change.</summary>
    /// <param name="device">Where there was no memory.</param>
    /// <param name="n">The images of the batch.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="exception">libtorch's own words.</param>
    public static InsufficientMemoryException InBatch(Device device, long n, ImageSize size, Exception exception) => new(
        $"{device} has not enough memory for a batch of {n} {(n == 1 ? "image" : "images")} of {size}: take {(n == 1 ? "" : "smaller batches or ")}"
        + "smaller images, or end what else uses its memory.",
        exception);
}
