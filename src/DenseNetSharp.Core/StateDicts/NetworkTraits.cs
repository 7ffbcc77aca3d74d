using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// What a network is that neither names nor shapes of its tensors tell, as text among a checkpoint's metadata: without it a file of
/// this library's own would open as another network. Null is what most networks have.
/// </summary>
internal sealed record NetworkTraits
{
    /// <summary>The metadata's key.</summary>
    public const string Key = "DenseNetSpec";

    public bool? HasBlurPooling { get; init; }

    public bool? HasSamePadding { get; init; }

    public bool? HasLastNorm { get; init; }

    public bool? HasLastReLU { get; init; }

    public bool? ActivatesLastMaps { get; init; }

    public GlobalPooling? Pooling { get; init; }

    public double? BatchNormEpsilon { get; init; }

    public double? BatchNormMomentum { get; init; }

    public IReadOnlyList<HeadLayer>? Head { get; init; }

    /// <summary>The traits of a network; null where it has none.</summary>
    public static NetworkTraits? Of(DenseNetSpec spec)
    {
        var usual = new DenseNetSpec();
        var traits = new NetworkTraits
        {
            HasBlurPooling = spec.Stem == DenseNetStem.Deep || spec.HasBlurPooling ? spec.HasBlurPooling : null,
            HasSamePadding = spec.HasSamePadding ? true : null,
            HasLastNorm = spec.HasLastNorm ? null : false,
            HasLastReLU = spec.HasLastReLU ? null : false,
            ActivatesLastMaps = spec.ActivatesLastMaps == (spec.Stem == DenseNetStem.Deep) ? null : spec.ActivatesLastMaps,
            Pooling = spec.Pooling == usual.Pooling ? null : spec.Pooling,
            BatchNormEpsilon = spec.BatchNormEpsilon.Equals(usual.BatchNormEpsilon) ? null : spec.BatchNormEpsilon,
            BatchNormMomentum = spec.BatchNormMomentum.Equals(usual.BatchNormMomentum) ? null : spec.BatchNormMomentum,
            Head = spec.Head.Count == 0 ? null : spec.Head,
        };
        return traits == new NetworkTraits() ? null : traits;
    }

    /// <summary>Those that a checkpoint says.</summary>
    /// <returns>Null where it says none.</returns>
    /// <exception cref="InvalidDataException">There is an entry of that name that says something else.</exception>
    public static NetworkTraits? Of(Checkpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue(Key, out var json))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, NetworkTraitsJson.Default.NetworkTraits);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{checkpoint.Path ?? "The checkpoint"} has '{Key}' among its metadata, which describes no network: {exception.Message}", exception);
        }
    }

    /// <summary>A checkpoint's metadata with a network's traits among them.</summary>
    public static IReadOnlyDictionary<string, string>? AddTo(IReadOnlyDictionary<string, string>? metadata, DenseNetSpec spec) =>
        Of(spec) is { } traits
            ? new Dictionary<string, string>(metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal)
            {
                [Key] = JsonSerializer.Serialize(traits, NetworkTraitsJson.Default.NetworkTraits),
            }
            : metadata;

    /// <summary>A network of which the shapes have told the rest, with these traits.</summary>
    public DenseNetSpec ApplyTo(DenseNetSpec spec) => spec with
    {
        HasSamePadding = HasSamePadding ?? spec.HasSamePadding,
        HasLastReLU = HasLastReLU ?? spec.HasLastReLU,
        ActivatesLastMaps = ActivatesLastMaps ?? spec.ActivatesLastMaps,
        Pooling = Pooling ?? spec.Pooling,
        BatchNormEpsilon = BatchNormEpsilon ?? spec.BatchNormEpsilon,
        BatchNormMomentum = BatchNormMomentum ?? spec.BatchNormMomentum,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(NetworkTraits))]
internal sealed partial class NetworkTraitsJson : JsonSerializerContext;
