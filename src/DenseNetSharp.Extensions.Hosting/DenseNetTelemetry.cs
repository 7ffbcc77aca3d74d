using System.Diagnostics;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>The names by which a program asks for a service's metrics and traces, as OpenTelemetry's <c>AddMeter</c> and
/// <c>AddSource</c> do.</summary>
public static class DenseNetTelemetry
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "DenseNetSharp";

    /// <summary>The name of the source of activities.</summary>
    public const string ActivitySourceName = "DenseNetSharp";

    internal static ActivitySource Source { get; } = new(ActivitySourceName);
}
