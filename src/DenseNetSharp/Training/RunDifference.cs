using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Training;

/// <summary>Tells two runs' descriptions apart.</summary>
internal static class RunDifference
{
    // As people write it: a plus is no \u002B.
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Refuses to go on with another run.</summary>
    /// <exception cref="InvalidDataException">The runs differ; the message names the first value that does.</exception>
    public static void RequireNone(RunDescription saved, RunDescription wanted, string folder)
    {
        if (Find(Comparable(saved), Comparable(wanted), "") is var (path, before, now))
        {
            throw new InvalidDataException(path == "training.images"
                ? $"{folder} holds a run with other images, or the same in another order or with other classes; go on with the same, or name another folder."
                : $"{folder} holds a run whose {path} is {before}, not {now}; go on with the same (only the epochs, the patience and how often "
                + "the state is saved may change), or name another folder.");
        }
    }

    /// <summary>Refuses fewer epochs than a run has had already, or has begun.</summary>
    /// <exception cref="InvalidDataException">They are fewer.</exception>
    public static void RequireEpochs(RunDescription saved, int epochs, string folder)
    {
        var training = saved.Training!;
        var begun = training.EpochsDone + (training.BatchesDone > 0 ? 1 : 0);
        if (epochs < begun)
        {
            throw new InvalidDataException(
                $"{folder} holds a run that is in its epoch {begun}, or has had it, and cannot end after {epochs}: take {begun} epochs or more, or name "
                + "another folder.");
        }
    }

    /// <summary>Without what a run's progress changes, without what may change, without notes, and without versions: a newer one may go
    /// on.</summary>
    private static JsonNode Comparable(RunDescription description) => JsonNode.Parse((description with
    {
        Training = description.Training! with
        {
            Options = description.Training.Options with
            {
                Epochs = 1,
                Patience = null,
                SaveEveryBatches = null,
                // What is meant where nothing is said, and the same said, are the same.
                Metric = EpochRanking.Of(description.Training.Options, description.Task ?? ClassificationTask.Multiclass).Metric.Name,
            },
            EpochsDone = 0,
            BatchesDone = 0,
            BestEpoch = null,
            Notes = null,
            Versions = new Dictionary<string, string>(),
        },
    }).ToJson())!;

    private static (string Path, string Before, string Now)? Find(JsonNode? before, JsonNode? now, string path)
    {
        if (before is JsonObject first && now is JsonObject second)
        {
            return first.Select(entry => entry.Key).Union(second.Select(entry => entry.Key))
                .Select(key => Find(first[key], second[key], path.Length == 0 ? key : $"{path}.{key}"))
                .FirstOrDefault(difference => difference is not null);
        }

        return JsonNode.DeepEquals(before, now) ? null : (path, Text(before), Text(now));
    }

    private static string Text(JsonNode? node)
    {
        var text = node?.ToJsonString(_readable) ?? "null";
        return text.Length <= 200 ? text : $"{text[..200]}...";
    }
}
