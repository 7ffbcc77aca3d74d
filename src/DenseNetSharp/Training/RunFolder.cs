using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Files;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>The files of a run, held by one run at a time. Each is complete or as it was before.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly FileLock _lock;

    /// <summary>Takes the folder; makes it if it is not there.</summary>
    /// <exception cref="IOException">It cannot be made, or another run has it.</exception>
    public RunFolder(string path)
    {
        Path = path;
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (IOException exception)
        {
            throw new IOException($"The folder {path} cannot be made: {exception.Message}", exception);
        }

        _lock = FileLock.TryAcquire(In("run.lock"))
            ?? throw new IOException($"{path} belongs to a run that is under way; wait for its end, or name another folder.");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The best epoch's weights.</summary>
    public string Best => In("best.pth");

    /// <summary>The last weights.</summary>
    public string Last => In("last.pth");

    /// <summary>What a continued run starts from. This file alone counts: the others are written before it, and again by the
    /// continued run.</summary>
    public string State => In(StateFile.Name);

    /// <summary>The epochs' figures.</summary>
    public string Metrics => In("metrics.csv");

    /// <summary>The epochs' figures as curves.</summary>
    public string Curves => In("curves.svg");

    /// <summary>The class names.</summary>
    public string Labels => In("labels.txt");

    /// <summary>Which image was where.</summary>
    public string Split => In(SplitTable.FileName);

    /// <summary>The description.</summary>
    public string Description => In(RunDescription.FileName);

    /// <summary>Lets other runs have the folder.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Refuses a folder with results that a run that begins would overwrite.</summary>
    /// <exception cref="InvalidOperationException">There are such files.</exception>
    public void RequireNoResults()
    {
        // A run that ended before it learned anything leaves its description and labels.
        string[] own = IsOfRunThatHasNotBegun() ? [] : [Labels, Description, Split];
        string[] found = [.. ((string[])[Best, Last, Metrics, Curves, .. own]).Where(File.Exists).Select(file => System.IO.Path.GetFileName(file)!)];
        if (found.Length > 0)
        {
            throw new InvalidOperationException(
                $"{Path} holds {string.Join(", ", found)} but no {System.IO.Path.GetFileName(State)} to go on from: move them away, or name another "
                + "folder.");
        }
    }

    /// <summary>Removes what a killed process was writing.</summary>
    public void RemoveLeftovers() => AtomicFile.RemoveLeftovers(Path, _ => true);

    /// <summary>Writes the epochs' figures, as a table and as curves.</summary>
    public void WriteReports(IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark> marks)
    {
        MetricsTable.Write(Metrics, epochs);
        TrainingCurves.Save(Curves, epochs, marks);
    }

    /// <summary>The thresholds and the temperature that somebody has chosen for the run's outputs since it was written; null for none.
    /// </summary>
    public (IReadOnlyList<float>? Thresholds, double? Temperature) FindChosen()
    {
        try
        {
            return File.Exists(Description) && RunDescription.Load(Description) is var run ? (run.Thresholds, run.Temperature) : (null, null);
        }
        catch (InvalidDataException)
        {
            // What is no description is written anew.
            return (null, null);
        }
    }

    private bool IsOfRunThatHasNotBegun()
    {
        try
        {
            return File.Exists(Description) && RunDescription.Load(Description).Training is { HasBegun: false };
        }
        catch (InvalidDataException)
        {
            // Something else of that name, and so the user's.
            return false;
        }
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
