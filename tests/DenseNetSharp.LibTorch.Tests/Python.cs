using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace DenseNetSharp.LibTorch.Tests;

/// <summary>
/// Runs PyTorch for expected values. PYTHON names the interpreter. Where it has no PyTorch of this libtorch's version,
/// equal bits cannot be asked for, and the test is skipped.
/// </summary>
internal static class Python
{
    private static readonly string Interpreter = Environment.GetEnvironmentVariable("PYTHON") ??
        (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

    private static readonly Lazy<string?> Version = new(() =>
    {
        try
        {
            var (code, text) = Start("import torch, re; print(re.match('[0-9.]+', torch.__version__)[0], end='')");
            return code == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    });

    /// <summary>
    /// The elements, as floats, of every tensor that the script appends to <c>out</c>, one after the other.
    /// </summary>
    public static float[] Floats(string script) => MemoryMarshal.Cast<byte, float>(Bytes(script)).ToArray();

    /// <summary>The text that the script prints.</summary>
    public static string Text(string script)
    {
        SkipUnlessSame();
        var (code, text) = Start("import torch, math\n" + script);
        return code == 0 ? text : throw new InvalidOperationException(text);
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
        Skip.If(Version.Value is null, $"{Interpreter} has no PyTorch.");
        Skip.If(
            torch.__version__ != Version.Value,
            $"{Interpreter} has PyTorch {Version.Value}, this is libtorch {torch.__version__}.");
    }

    private static (int Code, string Text) Start(string script)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? text : errors.Result);
    }

    private static string Quote(string text) => "r'" + text + "'";
}
