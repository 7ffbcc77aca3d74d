namespace DenseNetSharp.Build;

/// <summary>A version of another library that an ELF file needs.</summary>
/// <param name="Library">The library, such as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="IsWeak">Whether the loader goes on where the library lacks the version.</param>
/// <param name="IsRelocated">Whether a symbol of the version is used: without it the code would jump nowhere.</param>
/// <param name="FlagsOffset">Where in the file the 16-bit flags lie.</param>
internal sealed record ElfVersionNeed(string Library, string Version, bool IsWeak, bool IsRelocated, ulong FlagsOffset)
{
    /// <summary>The flag <c>VER_FLG_WEAK</c> of <c>vna_flags</c>.</summary>
    public const byte Weak = 2;
}
