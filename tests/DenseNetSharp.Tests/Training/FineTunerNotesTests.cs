using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

public sealed class FineTunerNotesTests(FineTunerRuns runs) : IClassFixture<FineTunerRuns>
{
    [SkippableFact]
    public void A_run_that_goes_on_keeps_the_notes_that_it_began_with()
    {
        var folder = runs.New();
        using var stop = new CancellationTokenSource();
        var begin = () => Run("first", new ProgressReports(_ => stop.Cancel()));
        begin.Should().Throw<OperationCanceledException>();

        Run("second", progress: null);

        RunDescription.Load(Path.Combine(folder, RunDescription.FileName)).Training!.Notes.Should().Equal(Notes("first"));
        using var best = Checkpoint.Open(Path.Combine(folder, "best.pth"));
        RunDescription.FindIn(best)!.Training!.Notes.Should().Equal(Notes("first"));

        void Run(string weights, IProgress<FineTuningProgress>? progress)
        {
            using var model = runs.Model();
            var whole = runs.Tuner(model, folder, FineTunerRuns.Options with { Epochs = 1 });
            new FineTuner
            {
                Model = model,
                Training = whole.Training,
                Preset = whole.Preset,
                Folder = folder,
                Options = whole.Options,
                Resume = true,
                Notes = Notes(weights),
                Progress = progress,
            }.Run(stop.IsCancellationRequested ? default : stop.Token);
        }
    }

    private static Dictionary<string, string> Notes(string weights) => new() { ["weights"] = weights };
}
