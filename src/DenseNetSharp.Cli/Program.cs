using System.CommandLine;
using System.CommandLine.Invocation;
using DenseNetSharp.Cli.Commands;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;

namespace DenseNetSharp.Cli;

/// <summary>The <c>densenet</c> command.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        Console.SetError(new ForgivingWriter(Console.Error));
        // Most commands never load libtorch; those that do, do it after this.
        TorchThreads.LimitSpinning();
        var root = new RootCommand("DenseNet: classify and prepare images, fine-tune, measure, look into, convert and export checkpoints, print networks.")
        {
            BenchCommand.Create(),
            ClassifyCommand.Create(),
            ConvertCommand.Create(),
            EvaluateCommand.Create(),
            ExplainCommand.Create(),
            ExportCommand.Create(),
            FeaturesCommand.Create(),
            FineTuneCommand.Create(),
            InspectCommand.Create(),
            ModelsCommand.Create(),
            PreprocessCommand.Create(),
            SetupTorchCommand.Create(),
            SummaryCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"densenet: {error.Message.ReplaceLineEndings(" ")}");
            }

            return ExitStatus.WrongUsage;
        }

        // What does not listen ends as processes do.
        using var interruption = parsed.CommandResult.Command.Action is AsynchronousCommandLineAction ? new Interruption() : null;
        try
        {
            return parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                interruption?.Token ?? CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine($"densenet: {exception.Message}");
            return ExitStatus.WrongUsage;
        }
        catch (OperationCanceledException exception)
        {
            Console.Error.WriteLine($"densenet: {(exception is StoppedException ? exception.Message : "stopped.")}");
            return interruption?.Status ?? ExitStatus.Failed;
        }
        catch (Exception exception)
        {
            // One line for whoever uses the command; its first line says what is at fault.
            Console.Error.WriteLine($"densenet: {Failure.MessageOf(exception)}");
            return ExitStatus.Failed;
        }
    }
}
