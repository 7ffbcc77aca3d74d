using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using Microsoft.AspNetCore.Mvc;

namespace DenseNetSharp.Serve;

/// <summary>What became of one image, as <c>densenet classify --json</c> has it.</summary>
/// <param name="Image">The file's name.</param>
internal sealed record Answer(string Image)
{
    /// <summary>In a batch: which of its files it is, from 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Position { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClassAnswer>? Predictions { get; init; }

    /// <summary>The outputs, where they are no probabilities.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<OutputAnswer>? Values { get; init; }

    /// <summary>In a batch: why there are no predictions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>In a batch: HTTP's status for the error, which the file would have had alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Status { get; init; }

    /// <summary>The likeliest classes, or the values where there are no probabilities.</summary>
    /// <exception cref="RequestRefusedException">The network's output is not a number.</exception>
    public static Answer Of(string image, ClassificationResult result, int top) => result switch
    {
        { Task: ClassificationTask.None } when result.Logits.All(float.IsFinite) =>
            new Answer(image) { Values = [.. result.Logits.Select((value, i) => new OutputAnswer(i, result.Labels?[i], value))] },
        { Task: not ClassificationTask.None, IsValid: true } => new Answer(image) { Predictions = PredictionsOf(result, top) },
        _ => throw new RequestRefusedException(StatusCodes.Status500InternalServerError, "The network's output is not a number."),
    };

    private static ClassAnswer[] PredictionsOf(ClassificationResult result, int top)
    {
        var found = result.Task == ClassificationTask.Multilabel ? result.Found().Select(prediction => prediction.Index).ToHashSet() : null;
        return
        [
            .. result.Top(top).Select(prediction =>
                new ClassAnswer(prediction.Index, prediction.Label, prediction.Probability, found?.Contains(prediction.Index))),
        ];
    }
}

/// <summary>A class that was considered.</summary>
/// <param name="Index">Its index, from 0.</param>
/// <param name="Label">Its name, or null.</param>
/// <param name="Probability">From 0 to 1.</param>
/// <param name="Found">Whether it reaches its threshold; absent where classes exclude each other.</param>
internal sealed record ClassAnswer(
    int Index, string? Label, float Probability, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Found);

/// <summary>An output that is no probability.</summary>
internal sealed record OutputAnswer(int Index, string? Label, float Value);

/// <summary>Which parts of an image speak for a class.</summary>
/// <param name="Image">The file's name.</param>
/// <param name="Index">The class, from 0.</param>
/// <param name="Label">Its name, or null.</param>
/// <param name="Width">The image's, in pixels.</param>
/// <param name="Height">The image's, in pixels.</param>
/// <param name="Area">The part of it that the network saw and the map covers.</param>
/// <param name="Map">How much speaks for the class.</param>
internal sealed record HeatAnswer(string Image, int Index, string? Label, int Width, int Height, AreaAnswer Area, MapAnswer Map);

/// <summary>A rectangle in an image, in its pixels.</summary>
internal sealed record AreaAnswer(double Left, double Top, double Width, double Height)
{
    public static AreaAnswer Of(ImageArea area) => new(area.Left, area.Top, area.Width, area.Height);
}

/// <summary>A heat map.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Values">Row after row, from 0, where nothing speaks for the class, to 1, where most does.</param>
internal sealed record MapAnswer(int Height, int Width, IReadOnlyList<float> Values);

/// <summary>What is served.</summary>
/// <param name="Task"><c>multiclass</c>, <c>multilabel</c> or <c>none</c>.</param>
/// <param name="Labels">The classes' names, or null.</param>
/// <param name="MaxBytes">The most bytes of an image.</param>
/// <param name="MaxPixels">The most pixels of an image.</param>
internal sealed record ModelAnswer(string Task, IReadOnlyList<string>? Labels, int MaxBytes, long MaxPixels);

/// <summary>A health check's outcome: <c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</summary>
internal sealed record HealthAnswer(string Status);

/// <summary>The answers' JSON, by generated code.</summary>
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(IReadOnlyList<Answer>))]
[JsonSerializable(typeof(HeatAnswer))]
[JsonSerializable(typeof(ModelAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class AnswersJson : JsonSerializerContext
{
    /// <summary>The answers' JSON as it is written.</summary>
    public static AnswersJson Web { get; } = new(Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web), resolve: false));

    public static void Configure(JsonSerializerOptions options) => Configure(options, resolve: true);

    private static JsonSerializerOptions Configure(JsonSerializerOptions options, bool resolve)
    {
        // Labels are for people: no \u0027 for an apostrophe. The type is application/json, which no browser takes for a page.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        if (resolve)
        {
            options.TypeInfoResolverChain.Insert(0, Default);
        }

        return options;
    }
}
