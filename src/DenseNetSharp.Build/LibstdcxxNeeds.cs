namespace DenseNetSharp.Build;

/// <summary>
/// Lets a library load beside a libstdc++ that lacks versions of which the library uses nothing. TorchSharp 0.107's
/// libLibTorchSharp.so asks for GLIBCXX_3.4.32 (GCC 13), which Debian 12, Ubuntu 22.04 and RHEL 9 lack; its only symbol of that
/// version says that the standard streams are initialised, and no relocation refers to it.
/// </summary>
internal static class LibstdcxxNeeds
{
    private const string Libstdcxx = "libstdc++.so.6";

    private static readonly string[] _folders =
        ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib"];

    /// <summary>The system's libstdc++; null where it is in none of the usual folders.</summary>
    public static string? FindSystemLibrary() => (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(_folders)
        .Select(folder => Path.Combine(folder, Libstdcxx))
        .FirstOrDefault(File.Exists);

    /// <summary>The versions that the system's libstdc++ offers.</summary>
    /// <exception cref="NotSupportedException">It was not found.</exception>
    /// <exception cref="InvalidDataException">It is no 64-bit little-endian ELF file or a damaged one.</exception>
    public static IReadOnlySet<string> OfferedBySystem() => ElfFile.ReadVersionDefinitions(File.ReadAllBytes(
        FindSystemLibrary() ?? throw new NotSupportedException("this system's libstdc++.so.6 was not found")));

    /// <summary>Marks as weak every version of libstdc++ that a library needs, uses nothing of, and does not get.</summary>
    /// <param name="file">The library. It is replaced by a copy and never written to: it may be a link into a package cache.
    /// </param>
    /// <param name="offered">The versions that the libstdc++ offers; null for one that is not known yet and may lack any of which
    /// the library uses nothing.</param>
    /// <returns>What was marked; empty where nothing had to be.</returns>
    /// <exception cref="InvalidDataException">The file is no 64-bit little-endian ELF file or a damaged one.</exception>
    /// <exception cref="NotSupportedException">It uses a symbol of a version that is not offered.</exception>
    /// <exception cref="IOException">It cannot be read or replaced.</exception>
    public static IReadOnlyList<string> Weaken(string file, IReadOnlySet<string>? offered)
    {
        var bytes = File.ReadAllBytes(file);
        var lacking = FindLacking(bytes, offered);
        if (lacking.FirstOrDefault(need => need.IsRelocated) is { } used)
        {
            throw new NotSupportedException(
                $"it uses symbols of {used.Version}, which this system's libstdc++ is too old for");
        }

        if (lacking.Count > 0)
        {
            foreach (var need in lacking)
            {
                bytes[need.FlagsOffset] |= ElfVersionNeed.Weak;
            }

            Replace(file, bytes);
        }

        return [.. lacking.Select(need => need.Version)];
    }

    /// <summary>The versions of libstdc++ that a library needs and does not get, so that it does not load.</summary>
    /// <param name="library">The library.</param>
    /// <param name="offered">The versions that the libstdc++ offers; null for one that is not known yet and may lack any of which
    /// the library uses nothing.</param>
    /// <exception cref="InvalidDataException">It is no 64-bit little-endian ELF file or a damaged one.</exception>
    public static IReadOnlyList<ElfVersionNeed> FindLacking(ReadOnlySpan<byte> library, IReadOnlySet<string>? offered) =>
    [
        .. ElfFile.ReadVersionNeeds(library).Where(need => need is { Library: Libstdcxx, IsWeak: false }
            && (offered is null ? !need.IsRelocated : !offered.Contains(need.Version))),
    ];

    /// <summary>Written beside and renamed, with the same time: a rebuild that compares sizes and times leaves the copy.</summary>
    private static void Replace(string file, byte[] bytes)
    {
        var beside = $"{file}.{Environment.ProcessId}.part";
        try
        {
            File.WriteAllBytes(beside, bytes);
            var original = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(file);
            File.SetLastWriteTimeUtc(beside, original.LastWriteTimeUtc);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(beside, ((FileInfo)original).UnixFileMode | UnixFileMode.UserWrite);
            }

            File.Move(beside, file, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
