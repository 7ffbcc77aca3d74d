using System.Runtime.InteropServices;
using TorchSharp;

namespace DenseNetSharp;

/// <summary>
/// Loads libtorch before TorchSharp does. Where that fails, TorchSharp copies half a gigabyte out of NuGet's cache beside the program
/// and says that a package is not referenced, whatever the reason.
/// </summary>
internal static class TorchLibrary
{
    private static volatile bool _isLoaded;

    /// <summary>Loads it, unless it is loaded already. To be called before anything that reaches TorchSharp's <c>torch</c>.
    /// </summary>
    /// <exception cref="DllNotFoundException">It cannot be loaded; the message is one sentence that says why.</exception>
    public static void Require()
    {
        if (!_isLoaded)
        {
            HiddenCaches.Guard();
            Load();
            _isLoaded = true;
        }
    }

    /// <summary>Loads it, unless it is loaded already, before a module's base constructor, which calls native code.</summary>
    /// <returns>The argument.</returns>
    /// <exception cref="DllNotFoundException">It cannot be loaded; the message is one sentence that says why.</exception>
    public static T RequiredFor<T>(T argument)
    {
        Require();
        return argument;
    }

    private static void Load()
    {
        // The names, the order and the assembly are TorchSharp's (LoadNativeBackend in its Torch.cs), which then finds both loaded.
        var assembly = typeof(torch).Assembly;
        var isLibTorchLoaded = NativeLibrary.TryLoad("torch_cpu", assembly, searchPath: null, out _);
        try
        {
            NativeLibrary.Load("LibTorchSharp", assembly, searchPath: null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            var message = TorchLoadError.Explain(
                exception.Message, RuntimeInformation.RuntimeIdentifier, assembly.GetName().Version!.ToString(3), isLibTorchLoaded);
            throw new DllNotFoundException(message, exception);
        }
    }
}
