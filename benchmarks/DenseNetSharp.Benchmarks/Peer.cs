using System.Diagnostics;
using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>A process that does jobs one at a time and answers with how long each took.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(string name, string program, string[] arguments)
    {
        Name = name;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    public string Name { get; }

    public static Peer Own(int threads)
    {
        var (program, arguments) = OwnProgram.Command("--serve", "--threads", threads.ToString(CultureInfo.InvariantCulture));
        return new Peer("DenseNetSharp", program, arguments);
    }

    public static Peer Torchvision(int threads) =>
        new("torchvision", Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "torchvision_peer.py"), threads.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Milliseconds of one run; the first one of a job also prepares it, outside the time.</summary>
    public double Run(Job job) => Ask(job.Line);

    /// <summary>Makes ready for a job and counts the peak of memory from there; answers the resident memory in MiB.</summary>
    public double Prepare(Job job) => Ask($"prepare {job.Line}");

    /// <summary>Writes the network's state dict with <c>torch.save</c>; for torchvision's peer only.</summary>
    public void Save(string model, string format, string file) => Ask($"save {model} {format} {file}");

    /// <summary>Writes the network with <c>torch.jit.script</c>, MODEL.pt, and its state dict, MODEL.pth; for torchvision's peer
    /// only.</summary>
    public void SaveScripted(string model, string folder) => Ask($"script {model} {folder}");

    /// <summary>Writes a generated photo as JPEG; for torchvision's peer only.</summary>
    public void SavePhoto(int width, int height, string file) =>
        Ask(string.Create(CultureInfo.InvariantCulture, $"photo {width} {height} {file}"));

    /// <summary>The process's peak resident memory in MiB.</summary>
    public double PeakMebibytes() => Ask("peak");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private double Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{Name} ended before it answered '{line}'.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }
}
