using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Training;

/// <summary>A <see cref="FineTuner"/>'s run as its folder has it.</summary>
/// <param name="Description">What it was asked for, and how far it is; <see cref="RunDescription.Training"/> is there.</param>
/// <param name="Spec">Its network.</param>
public sealed record SavedRun(RunDescription Description, DenseNetSpec Spec)
{
    /// <summary>Whether it ended before its last epoch, for want of improvement; with more patience it goes on.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Whether a folder holds the state of a run.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, StateFile.Name));

    /// <summary>Reads what a folder's run is.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    /// <returns>The run; null where there is none.</returns>
    /// <exception cref="CheckpointFormatException">Its state is damaged.</exception>
    /// <exception cref="InvalidDataException">The file of that name is not the state of a run.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SavedRun? Find(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!IsIn(folder))
        {
            return null;
        }

        var path = Path.Combine(folder, StateFile.Name);
        using var state = Checkpoint.Open(path);
        using var weights = StateFile.WeightsOf(state);
        return RunDescription.FindIn(state) is { Training: not null } description && DenseNetShapes.TryInfer(weights, out var spec, out _)
            ? new SavedRun(description, spec) { StoppedEarly = RunState.Of(state).StoppedEarly }
            : throw StateFile.IsNone(path);
    }
}
