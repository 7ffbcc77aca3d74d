using System.Diagnostics;
using System.Globalization;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>One side of the inference benchmark: how its process is started, and the process.</summary>
internal sealed class InferencePeer : IDisposable
{
    private readonly Process _process;

    private InferencePeer(Side side, Process process) => (Side, _process) = (side, process);

    public Side Side { get; }

    /// <summary>Starts a process; it answers once its network is loaded.</summary>
    public static InferencePeer Start(Side side, string folder, string model, int threads)
    {
        var (program, arguments) = side.Command(folder, model, threads);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in side.Environment)
        {
            start.Environment[name] = value;
        }

        return new InferencePeer(side, Process.Start(start)!);
    }

    public double Number(string line) => double.Parse(Ask(line), CultureInfo.InvariantCulture);

    public double[] Numbers(string line) => [.. Ask(line).Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{Side.Name} ended before it answered '{line}'.");
    }
}
