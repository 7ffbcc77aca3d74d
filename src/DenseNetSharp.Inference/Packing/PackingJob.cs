namespace DenseNetSharp.Inference.Packing;

/// <summary>Puts some weights in place.</summary>
/// <param name="memory">The memory that was planned.</param>
/// <param name="staging">Room for the largest tensor.</param>
internal unsafe delegate void PackingJob(float* memory, Span<float> staging);
