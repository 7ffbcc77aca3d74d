using DenseNetSharp.Cli.Output;
using DenseNetSharp.Weights;
using Spectre.Console;

namespace DenseNetSharp.Cli.Models;

/// <summary>Sees to it that pretrained weights are in the cache, with a progress bar on a terminal.</summary>
internal static class WeightsDownload
{
    /// <summary>Their file in the cache.</summary>
    /// <exception cref="InvalidOperationException">They are not there and cannot be had; the message says what helps.</exception>
    public static string FileOf(PretrainedWeights entry, CancellationToken cancellationToken)
    {
        try
        {
            if (entry.FindCachedFile() is not null || Console.IsErrorRedirected)
            {
                return entry.GetFile(cancellationToken: cancellationToken);
            }

            return Terminal.Error.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
                .Start(progress =>
                {
                    var task = progress.AddTask(Markup.Escape($"{entry.FileName} (connecting)")).IsIndeterminate();
                    var reports = new SynchronousProgress<DownloadProgress>(report => Show(task, report));
                    return entry.GetFile(new WeightsDownloadOptions { Progress = reports }, cancellationToken);
                });
        }
        catch (PretrainedWeightsException exception)
        {
            throw new InvalidOperationException($"{exception.Message} (--weights FILE)", exception);
        }
    }

    private static void Show(ProgressTask task, DownloadProgress report)
    {
        var state = report.Status is { } status ? $" ({status})" : "";
        task.Description = Markup.Escape($"{report.FileName}{state}");
        task.IsIndeterminate(report.TotalBytes is null);
        task.MaxValue = report.TotalBytes ?? double.MaxValue;
        task.Value = report.BytesReceived;
    }
}
