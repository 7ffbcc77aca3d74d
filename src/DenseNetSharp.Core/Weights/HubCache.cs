namespace DenseNetSharp.Weights;

/// <summary>The folder in which PyTorch keeps downloaded checkpoints, shared with it.</summary>
public static class HubCache
{
    /// <summary>
    /// <c>$TORCH_HOME</c>, else <c>$XDG_CACHE_HOME/torch</c>, else <c>~/.cache/torch</c>; then <c>hub/checkpoints</c>.
    /// It need not exist yet.
    /// </summary>
    public static string Directory => Path.Combine(TorchHome(Environment.GetEnvironmentVariable), "hub", "checkpoints");

    /// <summary>
    /// As <c>torch.hub._get_torch_home</c>: an empty variable counts as set there, but names no folder here.
    /// </summary>
    internal static string TorchHome(Func<string, string?> variable)
    {
        if (variable("TORCH_HOME") is { Length: > 0 } torchHome)
        {
            return ExpandHome(torchHome);
        }

        var cache = variable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : "~/.cache";
        return Path.Combine(ExpandHome(cache), "torch");
    }

    private static string ExpandHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path.AsSpan(1))
        : path;
}
