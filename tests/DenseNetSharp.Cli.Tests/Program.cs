using System.Reflection;
using System.Text;
using System.Text.Json;

namespace DenseNetSharp.Cli.Tests;

/// <summary>
/// The command again and again in one process, which <see cref="DensenetWorker"/> starts: a line of JSON on standard input has the
/// arguments, the reply's line the status and what was printed.
/// </summary>
internal static class Program
{
    public static void Main()
    {
        using var replies = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var requests = Console.In;
        var (output, errors) = (new Printed(), new Printed());
        // The command keeps the writers that it finds at first.
        var (synchronizedOutput, synchronizedErrors) = (TextWriter.Synchronized(output), TextWriter.Synchronized(errors));
        var command = Assembly.Load("densenet").EntryPoint!;
        while (requests.ReadLine() is { } line)
        {
            output.GetStringBuilder().Clear();
            errors.GetStringBuilder().Clear();
            Console.SetOut(synchronizedOutput);
            Console.SetError(synchronizedErrors);
            var status = (int)command.Invoke(null, [JsonSerializer.Deserialize<string[]>(line)])!;
            replies.WriteLine(JsonSerializer.Serialize(new DensenetWorker.Reply(status, output.ToString(), errors.ToString())));
        }
    }

    /// <summary>What is printed, in standard output's encoding.</summary>
    private sealed class Printed : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
