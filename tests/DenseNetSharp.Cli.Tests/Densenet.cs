using System.Diagnostics;
using System.Text.Json;

namespace DenseNetSharp.Cli.Tests;

/// <summary>A run of the command.</summary>
internal sealed record Densenet(int Status, string Output, string Errors)
{
    /// <summary>Runs it where others ran before.</summary>
    public static Densenet Run(params string[] arguments)
    {
        var reply = DensenetWorker.Run(arguments);
        return new Densenet(reply.Status, reply.Output, reply.Errors);
    }

    /// <summary>Runs it as a user does, in a process of its own.</summary>
    public static Densenet RunProcess(params string[] arguments) => RunIn([], arguments);

    /// <summary>Runs it in a process of its own with these environment variables set besides.</summary>
    public static Densenet RunIn(Dictionary<string, string> environment, params string[] arguments) =>
        RunProgram(Beside, environment, arguments);

    /// <summary>Runs a copy of it.</summary>
    public static Densenet RunProgram(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(program, environment, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Densenet(process.ExitCode, output, errors.Result);
    }

    /// <summary>Starts it with these environment variables set besides.</summary>
    public static Process Start(Dictionary<string, string> environment, params string[] arguments) => Start(Beside, environment, arguments);

    private static string Beside => Path.Combine(AppContext.BaseDirectory, "densenet.dll");

    private static Process Start(string program, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Standard error, a line each, but for what libtorch says of NNPACK where it does not know the processor.</summary>
    public string[] ErrorLines =>
        [.. Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("NNPACK.cpp", StringComparison.Ordinal))];
}
