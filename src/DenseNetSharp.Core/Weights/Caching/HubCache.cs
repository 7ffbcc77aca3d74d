namespace DenseNetSharp.Weights.Caching;

/// <summary>The folder in which PyTorch keeps downloaded checkpoints, shared with it.</summary>
public static class HubCache
{
    /// <summary>
    /// <c>$TORCH_HOME</c>, else <c>$XDG_CACHE_HOME/torch</c>, else <c>~/.cache/torch</c>; then <c>hub/checkpoints</c>.
    /// It need not exist yet. As <c>torch.hub._get_torch_home</c>, except that an empty variable, which counts as set
    /// there, names no folder here.
    /// </summary>
    public static string Directory => Path.Combine(
        EnvironmentFolder.Named("TORCH_HOME") ?? Path.Combine(EnvironmentFolder.Cache, "torch"), "hub", "checkpoints");
}
