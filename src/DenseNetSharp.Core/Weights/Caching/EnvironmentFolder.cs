namespace DenseNetSharp.Weights.Caching;

/// <summary>Folders that environment variables name, with <c>~</c> for the home folder.</summary>
internal static class EnvironmentFolder
{
    /// <summary><c>$XDG_CACHE_HOME</c>, else <c>~/.cache</c>, on every system, as PyTorch and Hugging Face have it.</summary>
    public static string Cache => Named("XDG_CACHE_HOME") ?? ExpandHome("~/.cache");

    /// <summary>The folder that a variable names; null where it is empty or not set.</summary>
    public static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder ? ExpandHome(folder) : null;

    // Not verified, for a home folder that is yet to be made is one all the same, to PyTorch too.
    private static string ExpandHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Join(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
            path.AsSpan(1))
        : path;
}
