namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>An entry of a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="HeaderStart">The byte offset in the file of the header before its data.</param>
/// <param name="Start">The byte offset in the file at which its data starts.</param>
/// <param name="StoredLength">The bytes that its data takes in the file.</param>
/// <param name="Length">The bytes that it has, once decompressed.</param>
/// <param name="IsPlain">Whether it can be read where it lies: neither compressed nor encrypted.</param>
internal sealed record ZipEntry(
    string Name, long HeaderStart, long Start, long StoredLength, long Length, bool IsPlain)
{
    public long End => Start + StoredLength;
}
