using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>What a run writes into its folder, and when.</summary>
internal sealed class RunFiles(
    RunFolder folder, StateFile stateFile, Learner learner, RunDescription start, IReadOnlyList<TrainingStage> stages)
{
    /// <summary>Before anything is learned.</summary>
    public void WriteFirst(RunState state)
    {
        LabelFile.Write(folder.Labels, start.ClassNames!);
        start.Save(folder.Description);
        WriteState(state);
    }

    /// <summary>Within an epoch.</summary>
    public void WriteState(RunState state) => stateFile.Write(learner, state, start.At(state));

    /// <summary>After an epoch.</summary>
    public void WriteEpoch(RunState state, bool isBest)
    {
        // The state comes last: whatever is killed before it, the epoch is done again and gives the same.
        var description = start.At(state);
        using (var weights = learner.NetworkWeights(description))
        {
            if (isBest)
            {
                weights.Save(folder.Best, CheckpointFormat.Zip);
            }

            weights.Save(folder.Last, CheckpointFormat.Zip);
        }

        WriteFigures(state, description);
        WriteState(state);
    }

    /// <summary>When the run is stopped.</summary>
    public void WriteStopped(RunState state)
    {
        var description = start.At(state);
        using (var weights = learner.NetworkWeights(description))
        {
            weights.Save(folder.Last, CheckpointFormat.Zip);
        }

        description.Save(folder.Description);

        WriteState(state);
    }

    /// <summary>When the run goes on: what somebody has deleted since, as far as the state has it.</summary>
    /// <exception cref="InvalidDataException">The best epoch's weights are missing, and the state has others.</exception>
    public void ReplaceMissing(RunState state)
    {
        var isAtEpochsEnd = state.Batch == 0;
        var description = start.At(state);
        if (!File.Exists(folder.Best) && !(isAtEpochsEnd && state.BestEpoch == state.Epochs.Count))
        {
            throw new InvalidDataException(
                $"{folder.Best} is missing, and nothing else has the weights of the best epoch, {state.BestEpoch}: put it back, or "
                + "begin anew in another folder.");
        }

        foreach (var file in new[] { folder.Best, folder.Last }.Where(file => isAtEpochsEnd && !File.Exists(file)))
        {
            using var weights = learner.NetworkWeights(description);
            weights.Save(file, CheckpointFormat.Zip);
        }

        LabelFile.Write(folder.Labels, description.ClassNames!);
        // Thresholds and a temperature that were chosen since hold for these weights: only what is learned from here on takes them away.
        var (thresholds, temperature) = folder.FindChosen();
        WriteFigures(state, description with { Thresholds = thresholds, Temperature = temperature });
    }

    private void WriteFigures(RunState state, RunDescription description)
    {
        folder.WriteReports(state.Epochs, MarksOf(state));
        description.Save(folder.Description);
    }

    /// <summary>What the curves show beside the figures.</summary>
    private EpochMark[] MarksOf(RunState state) =>
    [
        new(state.BestEpoch, Path.GetFileName(folder.Best)),
        .. stages.Where(stage => stage.FromEpoch > 0).Select(stage => Before(stage.FromEpoch, $"unfreezes {string.Join(", ", stage.Modules)}")),
        .. state.ResumedIn.Distinct().Select(epoch => Before(epoch, "resumed")),
    ];

    /// <summary>Between an epoch, from 0, and the one before it.</summary>
    private static EpochMark Before(int epoch, string text) => new(epoch + 0.5, text);
}
