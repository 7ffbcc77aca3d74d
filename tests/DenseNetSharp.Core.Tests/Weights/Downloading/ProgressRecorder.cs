using System.Collections.Concurrent;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Remembers what a download reports.</summary>
internal sealed class ProgressRecorder : IProgress<DownloadProgress>
{
    private readonly ConcurrentQueue<DownloadProgress> _reports = [];

    public IReadOnlyList<DownloadProgress> Reports => [.. _reports];

    public Action<DownloadProgress> Then { get; set; } = _ => { };

    public void Report(DownloadProgress value)
    {
        _reports.Enqueue(value);
        Then(value);
    }
}
