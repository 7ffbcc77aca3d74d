using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// Which modules have forward hooks. A hook may keep what it is shown, as in PyTorch: what lies between two modules is freed at
/// once only where no hook of either sees it, and else left to the caller's dispose scope or the garbage collector.
/// </summary>
internal static class ForwardHooks
{
    private static readonly ConditionalWeakTable<nn.Module, StrongBox<int>> _taps = [];

    /// <summary>Whether a hook sees what goes into a module or comes out of it. Ask before the call: a hook may take itself off.</summary>
    /// <param name="module">The module. Of a block's layers and a row's modules their own hooks count, as the first and the last are
    /// shown the same tensors.</param>
    public static bool See(nn.Module module) => module switch
    {
        _DenseBlock block => AreOn(block) || block.HasHooksOnLayers,
        Sequential row => AreOn(row) || row.children().Any(See),
        nn.Module<Tensor, Tensor> single => AreOn(single),
        nn.Module<IList<Tensor>, Tensor> layer => AreOn(layer),
        _ => true,
    };

    /// <summary>A handle to a module's output that may be freed.</summary>
    /// <param name="output">The output.</param>
    /// <param name="isSeen">Whether a hook saw it (<see cref="See"/>) and so may keep it.</param>
    public static Tensor Own(Tensor output, bool isSeen) => isSeen ? output.alias() : output;

    /// <summary>Counts a hook of the library's own, which keeps nothing that it is shown, or no longer counts it.</summary>
    public static void CountTap(nn.Module module, int change) => Interlocked.Add(ref _taps.GetOrCreateValue(module).Value, change);

    private static bool AreOn<TPreHook, TPostHook>(nn.HookableModule<TPreHook, TPostHook> module)
    {
        var count = Of<TPreHook, TPostHook>.Before(module).Count + Of<TPreHook, TPostHook>.After(module).Count;
        return count > 0 && (!_taps.TryGetValue(module, out var taps) || count > taps.Value);
    }

    // TorchSharp shows them to derived classes alone, and most of the modules are its own.
    private static class Of<TPreHook, TPostHook>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "pre_hooks")]
        public static extern ref Dictionary<string, TPreHook> Before(nn.HookableModule<TPreHook, TPostHook> module);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "post_hooks")]
        public static extern ref Dictionary<string, TPostHook> After(nn.HookableModule<TPreHook, TPostHook> module);
    }
}
