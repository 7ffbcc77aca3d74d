using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using Spectre.Console;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>A run on standard error: a line an epoch, unreadable images, and a progress bar where somebody can see one.</summary>
internal sealed class FineTuneDisplay(int epochs, IReadOnlyList<string> shown, IReadOnlyList<string> introduction) : IProgress<FineTuningProgress>
{
    private ProgressTask? _bar;
    private bool _hasBegun;

    /// <summary>Runs it.</summary>
    public FineTuningResult Show(Func<FineTuningResult> run)
    {
        var result = Console.IsErrorRedirected
            ? run()
            : Terminal.Error.Progress()
                .AutoClear(true)
                .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(progress =>
                {
                    _bar = progress.AddTask("reading images");
                    return run();
                });
        Begin();
        return result;
    }

    public void Report(FineTuningProgress value)
    {
        Begin();
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape(EpochText.Of(value));
            _bar.MaxValue = value.TotalImages;
            _bar.Value = value.Images;
        }
    }

    public void Report(FineTuningEpoch epoch) => Terminal.Error.WriteLine(EpochText.Of(epoch, epochs, shown));

    /// <summary>Says what is out of the ordinary.</summary>
    public void Report(string remark)
    {
        Begin();
        Terminal.Error.WriteLine($"densenet: {Terminal.Printable(remark)}");
    }

    public static void Report(ImageBatchItem<LabelledImage> unreadable) =>
        Failure.Report(unreadable.Source.Path, Failure.ReasonOf(unreadable.Source.Path, unreadable.Error!));

    /// <summary>Says what begins once it does, for it may be refused.</summary>
    private void Begin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            foreach (var line in introduction)
            {
                Terminal.Error.WriteLine(line);
            }
        }
    }
}
