namespace DenseNetSharp.Inference.Kernels;

/// <summary>What is the same for every tile of a matrix product.</summary>
/// <param name="K">Values that are multiplied and summed for one output.</param>
/// <param name="ChunkLength">How many of them a chunk of packed pixels has; the last may have fewer.</param>
/// <param name="ChunkStride">From one chunk to the next, in floats.</param>
/// <param name="Floor">Outputs below are raised to it: 0 for a ReLU, minus infinity for none.</param>
internal readonly record struct ProductShape(int K, int ChunkLength, nint ChunkStride, float Floor);
