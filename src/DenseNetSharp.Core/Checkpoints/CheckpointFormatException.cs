namespace DenseNetSharp.Checkpoints;

/// <summary>A file is no checkpoint, is damaged, or holds something that is not opened for safety's sake.</summary>
public sealed class CheckpointFormatException : Exception
{
    /// <summary>Says what is wrong with a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The byte offset in the file where the trouble was found, or null.</param>
    /// <param name="problem">One sentence.</param>
    public CheckpointFormatException(string path, long? offset, string problem)
        : base(offset is null ? $"{path}: {problem}" : $"{path}, byte {offset}: {problem}")
    {
        Path = path;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// The byte offset in the file where the trouble was found; null only if this was not made by opening a file, or where the file
    /// is HDF5.
    /// </summary>
    public long? Offset { get; }
}
