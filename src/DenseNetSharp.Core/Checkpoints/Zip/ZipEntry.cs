namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>An entry of a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Start">The byte offset in the file at which its data starts.</param>
/// <param name="Length">The bytes that it has, once decompressed.</param>
/// <param name="IsCompressed">Whether it cannot be read where it lies.</param>
internal sealed record ZipEntry(string Name, long Start, long Length, bool IsCompressed);
