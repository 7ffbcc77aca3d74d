namespace DenseNetSharp.Files;

/// <summary>
/// Writes a file beside its place and moves it there, so that no half-written file is ever found and a failure leaves
/// what was there.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; a symbolic link stays one, and what it points to is replaced.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = LinkedFile.Resolve(path).FullName;
        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new DirectoryNotFoundException($"{path} cannot be written: its folder does not exist.");
        }

        if (Directory.Exists(target))
        {
            throw new IOException($"{path} cannot be written: it is a folder.");
        }

        if (!IsOrdinary(target))
        {
            throw new IOException($"{path} cannot be written: it is a device or a pipe, not a file.");
        }

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteAndMove(temporary, target, write);
        }
        catch (IOException e) when (e.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw new IOException(Explain(path, temporary, e), e);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "value")
        {
            // .NET's translation of EFBIG.
            throw new IOException($"{path} cannot be written: it would be larger than its file system, or a limit, allows.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException(Explain(path, temporary, e), e);
        }
    }

    /// <summary>Deletes what processes that were killed were writing in place of a folder's files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isTarget">Whether a file of that name, which has an ending, is meant.</param>
    public static void RemoveLeftovers(string folder, Func<string, bool> isTarget)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.tmp"))
        {
            // NAME.GUID.tmp
            var parts = Path.GetFileName(file).Split('.');
            if (parts.Length >= 4 && Guid.TryParseExact(parts[^2], "N", out _) && isTarget(string.Join('.', parts[..^2])))
            {
                File.Delete(file);
            }
        }
    }

    private static void WriteAndMove(string temporary, string target, Action<Stream> write)
    {
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

    private static string Explain(string path, string temporary, Exception cause) =>
        $"{path} cannot be written: {cause.Message.Replace(temporary, path, StringComparison.Ordinal)}";

    /// <summary>
    /// Whether nothing or a file is there. All that .NET says of a device or a pipe is that it is empty; unlike a file
    /// it cannot be given a length.
    /// </summary>
    private static bool IsOrdinary(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > 0)
        {
            return true;
        }

        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.SetLength(handle, 0);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true; // Who may not write to it may still replace it: its folder decides.
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            return false;
        }
    }
}
