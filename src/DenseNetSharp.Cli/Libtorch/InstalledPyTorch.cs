using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Cli.Libtorch;

/// <summary>A PyTorch on this machine, whose libraries TorchSharp can use.</summary>
/// <param name="Libraries">The folder of its libraries.</param>
/// <param name="Version">Its version, such as <c>2.10.0+cu128</c>.</param>
internal sealed partial record InstalledPyTorch(string Libraries, string Version)
{
    /// <summary>The versions that this tool's TorchSharp runs on.</summary>
    private static readonly string[] _usable = ["2.10", "2.11"];

    /// <summary>Whether it was built for CUDA.</summary>
    public bool HasCuda => File.Exists(Path.Combine(Libraries, TorchFolder.FileName("torch_cuda")));

    /// <summary>The PyTorch in a folder.</summary>
    /// <param name="folder">The folder of Python's package <c>torch</c>.</param>
    /// <exception cref="InvalidOperationException">It has none, or one of another version.</exception>
    public static InstalledPyTorch In(string folder)
    {
        var file = Path.Combine(folder, "version.py");
        var version = File.Exists(file) ? VersionLine().Match(File.ReadAllText(file)).Groups["version"].Value : "";
        if (version.Length == 0)
        {
            throw new InvalidOperationException($"{folder} is not the folder of a PyTorch: it has no version.py that names a version.");
        }

        if (!_usable.Contains(string.Join('.', version.Split('.', '+').Take(2))))
        {
            throw new InvalidOperationException(
                $"{folder} is PyTorch {version}; TorchSharp {TorchFolder.TorchSharpVersion} runs on {string.Join(" and ", _usable)}.");
        }

        var libraries = Path.Combine(Path.GetFullPath(folder), "lib");
        return File.Exists(Path.Combine(libraries, TorchFolder.FileName("torch_cpu")))
            ? new InstalledPyTorch(libraries, version)
            : throw new InvalidOperationException($"{folder} is PyTorch {version}, but {libraries} has no {TorchFolder.FileName("torch_cpu")}.");
    }

    /// <summary>The folder of the PyTorch that the user's Python has; null where there is none.</summary>
    public static string? AskPython()
    {
        var start = new ProcessStartInfo(
            OperatingSystem.IsWindows() ? "python" : "python3",
            ["-c", "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            // What Python warns of is of no interest, but must not fill the pipe.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var folder = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 && folder.Length > 0 ? folder : null;
        }
        catch (Win32Exception)
        {
            // There is no Python.
            return null;
        }
    }

    [GeneratedRegex("""^__version__\s*(:\s*\w+\s*)?=\s*['"](?<version>[^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex VersionLine();
}
