using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet summary</c>: the network as PyTorch prints it, with parameters and multiply-adds.</summary>
internal static class SummaryCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var classes = CheckedOption.OptionalCount("--classes", "classes of the classifier; 1000, or 10 of a network for CIFAR, if not given");
        var input = new Option<ImageSizeArgument?>("--input")
        {
            Description = "the image size that multiply-adds are counted for; 224x224, or 32x32 for CIFAR, if not given",
            HelpName = "HxW",
            CustomParser = ImageSizeArgument.Parse,
        };
        var json = CommonOptions.Json();
        var command = new Command("summary", "Print the network as PyTorch does, with parameters and multiply-adds.")
        {
            model, classes, input, json,
        };
        command.SetAction(arguments => Run(
            arguments.GetValue(model) ?? CommonOptions.DefaultModel, arguments.GetValue(classes), arguments.GetValue(input), arguments.GetValue(json)));
        return command;
    }

    private static int Run(string name, int? classes, ImageSizeArgument? size, bool json)
    {
        var spec = CommonOptions.RequireArchitecture(name);
        spec = spec with { NumClasses = classes ?? spec.NumClasses };
        var side = CommonOptions.UsualSideOf(spec);
        var input = size ?? new ImageSizeArgument(side, side);
        if (Math.Min(input.Height, input.Width) < spec.MinimumInputSize)
        {
            throw new UsageException(
                $"--input is {input.Height}x{input.Width}; {name} takes {spec.MinimumInputSize}x{spec.MinimumInputSize} at least.");
        }

        var rows = spec.MultiplyAddCounts(input.Height, input.Width).Select(count => new Row(
            count.Module.Name,
            NetworkText.TypeOf(count.Module),
            count.Module.StateDict.Where(entry => entry.Kind == StateDictEntryKind.Parameter).Sum(entry => entry.ElementCount),
            count.MultiplyAdds)).ToArray();
        var multiplyAdds = rows.Sum(row => row.Macs);
        var text = NetworkText.Of(spec);
        if (json)
        {
            JsonOutput.Write(new
            {
                model = name,
                numClasses = spec.NumClasses,
                input = new[] { input.Height, input.Width },
                parameters = spec.ParameterCount,
                macs = multiplyAdds,
                modules = rows,
                text,
            });
            return ExitStatus.Done;
        }

        // Not through the console library: PyTorch's text must come out unchanged and unwrapped.
        Console.Out.WriteLine(text);
        var table = Terminal.Table(2, "module", "type", "parameters", "multiply-adds");
        foreach (var row in rows.Where(row => row.Parameters > 0))
        {
            table.AddRow(Markup.Escape(row.Name), row.Type, Grouped(row.Parameters), Grouped(row.Macs));
        }

        table.AddEmptyRow();
        table.AddRow("total", "", Grouped(spec.ParameterCount), Grouped(multiplyAdds));
        Terminal.Output.Write(table);
        return ExitStatus.Done;
    }

    private sealed record Row(string Name, string Type, long Parameters, long Macs);

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
