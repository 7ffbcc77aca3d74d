using System.Runtime.InteropServices;
using DenseNetSharp.Tests;
using TorchSharp;

namespace DenseNetSharp.LibTorch.Tests;

/// <summary>
/// PyTorch's values. Where Python's PyTorch is of another version than this libtorch, equal bits cannot be asked for, and
/// the test is skipped.
/// </summary>
internal static class PyTorchReference
{
    private static readonly Lazy<string> _version = new(
        () => PythonReference.RunCode("import torch; print('.'.join(torch.__version__.split('.')[:2]) + '.', end='')"));

    /// <summary>The elements, as floats, of every tensor that the script appends to <c>out</c>, one after the other.</summary>
    public static float[] Floats(string script) => MemoryMarshal.Cast<byte, float>(Bytes(script)).ToArray();

    /// <summary>The text that the script prints.</summary>
    public static string Text(string script)
    {
        SkipUnlessSame();
        return PythonReference.RunCode("import torch, math\n" + script);
    }

    private static byte[] Bytes(string script)
    {
        var file = Path.GetTempFileName();
        try
        {
            Text($"""
                import torch.nn as nn, torch.nn.functional as F
                torch.set_num_threads(1)
                out = []
                {script.ReplaceLineEndings("\n")}
                with open({Quote(file)}, 'wb') as f:
                    for t in out:
                        f.write(t.detach().to(torch.float32).contiguous().numpy().tobytes())
                """);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void SkipUnlessSame()
    {
        PythonReference.Require();
        Skip.If(
            !torch.__version__.StartsWith(_version.Value, StringComparison.Ordinal),
            $"{PythonReference.Interpreter} has PyTorch {_version.Value}, this is libtorch {torch.__version__}.");
    }

    private static string Quote(string text) => "r'" + text + "'";
}
