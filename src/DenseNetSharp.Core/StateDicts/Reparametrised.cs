namespace DenseNetSharp.StateDicts;

/// <summary>Weights that PyTorch's utilities keep as the parts that they are computed of.</summary>
internal static class Reparametrised
{
    /// <summary>What to do about them.</summary>
    public const string Remedy =
        "torch.nn.utils' remove_weight_norm, remove_spectral_norm, parametrize.remove_parametrizations or prune.remove makes it a weight again";

    /// <summary>What keeps a weight so, by the name of a tensor; null for a tensor that is one.</summary>
    public static string? KindOf(string name) => name switch
    {
        _ when name.Contains(".parametrizations.", StringComparison.Ordinal) => "a parametrization",
        _ when name.EndsWith(".weight_g", StringComparison.Ordinal) || name.EndsWith(".weight_v", StringComparison.Ordinal) => "weight normalisation",
        _ when name.EndsWith(".weight_u", StringComparison.Ordinal) || name.EndsWith("_sigma", StringComparison.Ordinal) => "spectral normalisation",
        _ when name.EndsWith(".weight_mask", StringComparison.Ordinal) => "pruning",
        _ => null,
    };
}
