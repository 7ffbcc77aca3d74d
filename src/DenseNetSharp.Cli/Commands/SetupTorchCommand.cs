using System.CommandLine;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Cli.Output;
using Spectre.Console;
using TorchSharp;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet setup-torch</c>: brings libtorch, which training and <c>--engine torch</c> need and the tool's package lacks.</summary>
internal static class SetupTorchCommand
{
    public static Command Create()
    {
        var cuda = new Option<bool>("--cuda")
        {
            Description = "libtorch for CUDA: of the PyTorch that python3 has, where TorchSharp runs on it, else TorchSharp's packages",
        };
        var pyTorch = new Option<string?>("--pytorch")
        {
            Description = "take the libraries of this PyTorch: the folder of Python's package torch",
            HelpName = "FOLDER",
        };
        var command = new Command(
            "setup-torch", "Bring libtorch for training and --engine torch, from NuGet into your own package cache.")
        {
            cuda, pyTorch,
        };
        command.SetAction((arguments, cancellationToken) => Run(arguments.GetValue(cuda), arguments.GetValue(pyTorch), cancellationToken));
        return command;
    }

    private static async Task<int> Run(bool cuda, string? pyTorchFolder, CancellationToken cancellationToken)
    {
        var pyTorch = pyTorchFolder is not null ? Named(pyTorchFolder, cuda) : cuda ? Found() : null;
        var packages = TorchPackages.For(libtorch: pyTorch is null, cuda);
        var natives = await Restore(packages, cancellationToken);
        var libTorchSharp = natives.FirstOrDefault(IsLibTorchSharp) ?? throw new InvalidOperationException(
            $"TorchSharp {TorchFolder.TorchSharpVersion} came without {TorchFolder.LibTorchSharp}.");
        var weakened = TorchFolder.Create(libTorchSharp, natives.Where(file => !IsLibTorchSharp(file)), pyTorch?.Libraries);
        if (weakened.Count > 0)
        {
            Console.Error.WriteLine(
                $"densenet: {string.Join(", ", weakened)} marked as weak in the tool's own copy of {TorchFolder.LibTorchSharp}, "
                + "for this system's libstdc++ lacks what nothing uses");
        }

        TorchLibraries.LoadMade();
        var devices = cuda && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        Console.Out.WriteLine(
            $"{TorchFolder.Location}: TorchSharp {TorchFolder.TorchSharpVersion} on "
            + (pyTorch is null ? $"libtorch {TorchFolder.LibTorchVersion}" : $"PyTorch {pyTorch.Version} in {pyTorch.Libraries}")
            + (cuda ? $", {devices} CUDA {(devices == 1 ? "device" : "devices")}" : ""));
        return ExitStatus.Done;
    }

    private static bool IsLibTorchSharp(string file) => Path.GetFileName(file) == TorchFolder.LibTorchSharp;

    private static InstalledPyTorch Named(string folder, bool cuda)
    {
        var pyTorch = InstalledPyTorch.In(folder);
        return pyTorch.HasCuda || !cuda
            ? pyTorch
            : throw new InvalidOperationException($"--pytorch {folder} is PyTorch {pyTorch.Version} for the CPU alone; leave out --cuda.");
    }

    /// <summary>The PyTorch that the user's Python has, where it will do; what is against it is said.</summary>
    private static InstalledPyTorch? Found()
    {
        if (InstalledPyTorch.AskPython() is not { } folder)
        {
            return null;
        }

        try
        {
            var pyTorch = InstalledPyTorch.In(folder);
            if (pyTorch.HasCuda)
            {
                return pyTorch;
            }

            Console.Error.WriteLine($"densenet: {folder} is PyTorch {pyTorch.Version} for the CPU alone and is not taken.");
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine($"densenet: the installed PyTorch is not taken: {exception.Message}");
        }

        return null;
    }

    private static async Task<IReadOnlyList<string>> Restore(IReadOnlyList<(string Id, string Version)> packages, CancellationToken cancellationToken)
    {
        var what = $"restoring {string.Join(" and ", packages.Select(package => $"{package.Id} {package.Version}"))}";
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"densenet: {what}");
            return await TorchPackages.Restore(packages, line => Console.Error.WriteLine($"densenet: {line}"), cancellationToken);
        }

        return await Terminal.Error.Status().StartAsync(
            Markup.Escape(what),
            status => TorchPackages.Restore(packages, line => status.Status(Markup.Escape($"{what}: {line}")), cancellationToken));
    }
}
