using System.Security.Cryptography;
using System.Text;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Training;

/// <summary>Describes a run: what it was asked for, and how far it is.</summary>
internal static class RunDescriptions
{
    /// <summary>A run that has yet to begin.</summary>
    public static RunDescription Of(FineTuner tuner) => new()
    {
        Architecture = tuner.Model.Spec.Name,
        Task = tuner.Training.Task,
        ClassNames = tuner.Training.ClassNames,
        Preset = tuner.Preset,
        ApplyExifOrientation = tuner.Loading?.Decode?.ApplyExifOrientation ?? false,
        KeepGrayBits = tuner.Loading?.Decode?.KeepUpperBitsOfGray ?? false,
        Training = new TrainingDescription
        {
            Options = tuner.Options,
            HasOwnAugmentation = tuner.Augmentation is not null,
            TrainingImages = tuner.Training.Images.Count,
            ValidationImages = tuner.Validation?.Images.Count ?? 0,
            Images = HashOf(tuner.Training, tuner.Validation),
            Versions = RunVersions.Current,
            Notes = tuner.Notes,
        },
    };

    /// <summary>The run with the notes that it began with, which its state has.</summary>
    public static RunDescription WithNotesOf(this RunDescription description, Checkpoint saved) => description with
    {
        Training = description.Training! with { Notes = RunDescription.FindIn(saved)!.Training!.Notes },
    };

    /// <summary>The run once it has come to a state.</summary>
    public static RunDescription At(this RunDescription description, RunState state) => description with
    {
        Training = description.Training! with
        {
            EpochsDone = state.Epochs.Count,
            BatchesDone = state.Batch,
            BestEpoch = state.BestEpoch == 0 ? null : state.BestEpoch,
        },
    };

    /// <summary>File names and classes, not folders: images may move as a whole.</summary>
    private static string HashOf(params ImageDataset?[] datasets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in datasets.SelectMany(dataset => dataset?.Images ?? []))
        {
            var unknown = image.Unknown.Count == 0 ? "" : $" ? {string.Join(' ', image.Unknown)}";
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(image.Path)} {string.Join(' ', image.Classes)}{unknown}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
