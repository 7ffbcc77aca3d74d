using System.Globalization;

namespace DenseNetSharp.Core.Tests;

/// <summary>How much is tried, and with which damage: <c>./build.sh fuzz</c> asks for more than the tests do.</summary>
internal static class FuzzSettings
{
    private const int DefaultSeed = 20261122;

    public static int Seed => Number("DENSENETSHARP_FUZZ_SEED", DefaultSeed);

    /// <summary>How many damaged files to try.</summary>
    /// <param name="usual">As many as the tests have time for.</param>
    public static int Mutations(int usual) => Number("DENSENETSHARP_FUZZ_MUTATIONS", usual);

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : fallback;
}
