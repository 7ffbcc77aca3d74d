using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>What the tests run as a process of its own: it loads libtorch from elsewhere, or could die of a race.</summary>
internal static partial class Program
{
    public static void Main(string[] arguments)
    {
        var answer = arguments switch
        {
            ["load"] => Load(),
            ["load", var library] => Load(library),
            ["variable", var name] => Variable(name),
            ["race", var change, var rounds] => DisposalRace.Run(change, int.Parse(rounds)),
            _ => throw new ArgumentException(
                "usage: load [LIBRARY] | variable NAME | race dispose|replace|load|to ROUNDS; for the tests, dotnet test"),
        };
        Console.WriteLine(answer);
    }

    /// <summary>Makes a network, or says why there is none; first loads a native library by its path.</summary>
    private static string Load(string? library = null)
    {
        if (library is not null)
        {
            NativeLibrary.Load(library);
        }

        try
        {
            using var model = Networks.Create("tiny");
            using var x = zeros(1, 3, 32, 32);
            using var logits = model.call(x);
            return $"{logits.numel()} logits";
        }
        catch (DllNotFoundException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>What native code sees of the environment once the spinning is limited.</summary>
    private static string Variable(string name)
    {
        var isSet = TorchThreads.LimitSpinning();
        return $"{isSet} {Marshal.PtrToStringUTF8(NativeVariable(name)) ?? "none"}";
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint NativeVariable(string name);
}
