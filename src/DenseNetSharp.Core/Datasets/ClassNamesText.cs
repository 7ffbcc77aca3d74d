namespace DenseNetSharp.Datasets;

/// <summary>The names of classes as a message has them.</summary>
internal static class ClassNamesText
{
    private const int MostNames = 10;

    /// <summary>The first names with commas between them, and how many more there are.</summary>
    /// <param name="names">The names.</param>
    /// <param name="most">How many are named.</param>
    public static string Of(IReadOnlyCollection<string> names, int most = MostNames) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : "");
}
