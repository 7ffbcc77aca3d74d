using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DenseNetSharp.Cli.Output;

/// <summary>Tables for people: coloured and fitted on a terminal, plain and never wrapped when redirected.</summary>
internal static class Terminal
{
    private const int UnlimitedWidth = 10_000;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error, for progress and warnings.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>A table in the house style; the columns after the first <paramref name="textColumns"/> hold numbers.
    /// </summary>
    public static Table Table(int textColumns, params string[] columns)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(Markup.Escape(columns[i])).NoWrap();
            table.AddColumn(i < textColumns ? column : column.RightAligned());
        }

        return table;
    }

    /// <summary>Runs work that advances step by step, under a progress bar where somebody can see one.</summary>
    public static void ShowProgress(string what, int steps, Action<Action<int>> work)
    {
        if (Console.IsErrorRedirected || steps < 2)
        {
            work(_ => { });
            return;
        }

        Error.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                var task = progress.AddTask(Markup.Escape(what), maxValue: steps);
                work(count => task.Increment(count));
            });
    }

    /// <summary>Text from a file, with control characters written out, so that it cannot steer the terminal.</summary>
    public static string Printable(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))
        : text;

    /// <summary>Images a second.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Speed is { } speed ? string.Create(CultureInfo.InvariantCulture, $"{speed:F1} images/s") : "");
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = UnlimitedWidth;
        }

        return console;
    }
}
