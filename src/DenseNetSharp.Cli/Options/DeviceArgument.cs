using System.CommandLine;
using TorchSharp;

namespace DenseNetSharp.Cli.Options;

/// <summary>A device as the command line names it.</summary>
internal static class DeviceArgument
{
    /// <summary>The option of a command that computes on the CPU unless it says another device.</summary>
    public static Option<string> Create() => new("--device")
    {
        Description = "cpu, cuda, cuda:N or mps",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>The device, if it is there.</summary>
    /// <exception cref="UsageException">It is no device's name.</exception>
    /// <exception cref="InvalidOperationException">This machine has no such device.</exception>
    public static torch.Device Parse(string text)
    {
        var parts = text.Split(':');
        var index = -1;
        if (parts.Length > 2 || parts[0] is not ("cpu" or "cuda" or "mps")
            || (parts.Length == 2 && (parts[0] != "cuda" || !int.TryParse(parts[1], out index) || index < 0)))
        {
            throw new UsageException($"--device is '{text}'; it must be cpu, cuda, cuda:N or mps.");
        }

        if (parts[0] == "cuda" && (!torch.cuda.is_available() || index >= torch.cuda.device_count()))
        {
            throw new InvalidOperationException(
                $"--device {text}: libtorch sees {(torch.cuda.is_available() ? torch.cuda.device_count() : 0)} CUDA devices.");
        }

        if (parts[0] == "mps" && !torch.mps_is_available())
        {
            throw new InvalidOperationException("--device mps: libtorch sees no Metal device.");
        }

        return torch.device(text);
    }
}
