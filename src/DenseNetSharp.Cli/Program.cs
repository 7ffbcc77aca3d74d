using System.CommandLine;
using DenseNetSharp.Cli.Commands;

namespace DenseNetSharp.Cli;

/// <summary>The <c>densenet</c> command.</summary>
internal static class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private static int Main(string[] args)
    {
        var root = new RootCommand("DenseNet: classify and prepare images, look into and convert checkpoints, print networks.")
        {
            ClassifyCommand.Create(),
            ConvertCommand.Create(),
            InspectCommand.Create(),
            ModelsCommand.Create(),
            PreprocessCommand.Create(),
            SummaryCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"densenet: {error.Message}");
            }

            return WrongUsage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // A batch of images that is being classified comes to its end.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine($"densenet: {exception.Message}");
            return WrongUsage;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("densenet: stopped.");
            return Failed;
        }
        catch (Exception exception)
        {
            // One line for whoever uses the command; its first line says what is at fault.
            Console.Error.WriteLine($"densenet: {exception.Message.ReplaceLineEndings(" ")}");
            return Failed;
        }
    }

    internal static int ExitStatus(bool everythingDone) => everythingDone ? Done : Failed;
}
