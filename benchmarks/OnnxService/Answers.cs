using System.Text.Json.Serialization;

namespace DenseNetSharp.Benchmarks.OnnxService;

/// <summary>What the sample answers, too.</summary>
internal sealed record Answer(string Image, IReadOnlyList<Prediction> Predictions);

internal sealed record Prediction(int Index, string? Label, float Probability);

/// <summary>An image is not taken.</summary>
internal sealed class RejectedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

[JsonSerializable(typeof(List<Answer>))]
internal sealed partial class AnswersJson : JsonSerializerContext;
