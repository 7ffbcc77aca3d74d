namespace DenseNetSharp;

/// <summary>
/// Writes a file beside its place and moves it there, so that no half-written file is ever found and a failure leaves
/// what was there.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; a symbolic link stays one, and what it points to is replaced.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = new FileInfo(path).LinkTarget is null
            ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new DirectoryNotFoundException($"{path} cannot be written: its folder does not exist.");
        }

        if (Directory.Exists(target))
        {
            throw new IOException($"{path} cannot be written: it is a folder.");
        }

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
