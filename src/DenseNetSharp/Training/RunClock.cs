using System.Diagnostics;

namespace DenseNetSharp.Training;

/// <summary>How fast a run is, and how long its rest will take.</summary>
internal sealed class RunClock(int epochs, int trainingImages, int validationImages)
{
    /// <summary>A backward pass costs about twice a forward pass.</summary>
    private const double TrainingCost = 3;

    private readonly Stopwatch _run = new();
    private readonly Stopwatch _phase = new();
    private readonly Stopwatch _lap = new();
    private double _done;
    private FineTuningPhase _current = FineTuningPhase.CachingFeatures;

    /// <summary>The images of the phase so far.</summary>
    public int Images { get; private set; }

    /// <summary>The phase's images a second.</summary>
    public double ImagesPerSecond => Images / Math.Max(_phase.Elapsed.TotalSeconds, 1e-9);

    /// <summary>The seconds since the last batch of the epoch's training, or since the epoch began.</summary>
    public double LapSeconds => _lap.Elapsed.TotalSeconds;

    /// <summary>A lap begins.</summary>
    public void StartLap() => _lap.Restart();

    /// <summary>An epoch's training begins.</summary>
    public void Start()
    {
        _run.Start();
        Enter(FineTuningPhase.Training);
    }

    /// <summary>A phase begins, and its speed is measured from here.</summary>
    public void Enter(FineTuningPhase phase)
    {
        (_current, Images) = (phase, 0);
        _phase.Restart();
    }

    /// <summary>Images are done with.</summary>
    public void Advance(int images)
    {
        Images += images;
        _done += images * Cost(_current);
    }

    /// <summary>The rest of the run at the speed so far.</summary>
    /// <param name="epoch">The epoch under way, from 0.</param>
    /// <param name="trained">Its images that have been trained on.</param>
    public TimeSpan? Remaining(int epoch, double trained)
    {
        if (_done == 0)
        {
            return null;
        }

        var validated = _current == FineTuningPhase.Validating ? Images : 0;
        var left = (epochs - epoch) * (trainingImages * TrainingCost + validationImages)
            - Math.Min(trained, trainingImages) * TrainingCost - validated;
        return TimeSpan.FromSeconds(Math.Max(left, 0) / _done * _run.Elapsed.TotalSeconds);
    }

    private static double Cost(FineTuningPhase phase) => phase == FineTuningPhase.Training ? TrainingCost : 1;
}
