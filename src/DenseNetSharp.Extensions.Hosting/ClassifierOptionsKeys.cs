using System.Globalization;
using System.Numerics;
using DenseNetSharp.Classification;
using Microsoft.Extensions.Configuration;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>The keys of a classifier's section in a configuration, and what their values look like.</summary>
/// <remarks>Binding says nothing of a key that it does not know, nor of a text where a list belongs, and gives up at the first value that it
/// cannot convert.</remarks>
internal static class ClassifierOptionsKeys
{
    /// <summary>What a task may be, for messages.</summary>
    public static readonly string Tasks = string.Join(" or ", Enum.GetNames<ClassificationTask>());

    private const string Time = "a time such as 00:00:02";

    private static readonly Key[] _keys =
    [
        new(nameof(DenseNetClassifierOptions.File)),
        new(nameof(DenseNetClassifierOptions.Engine)),
        new(nameof(DenseNetClassifierOptions.Device)),
        Number<int>(nameof(DenseNetClassifierOptions.Threads)),
        new(nameof(DenseNetClassifierOptions.Preset)),
        new(nameof(DenseNetClassifierOptions.Task), Tasks, text => Enum.TryParse<ClassificationTask>(text, ignoreCase: true, out _)),
        new(nameof(DenseNetClassifierOptions.Labels), IsList: true),
        new(nameof(DenseNetClassifierOptions.Thresholds), "a number", IsNumber<float>, IsList: true),
        Number<int>(nameof(DenseNetClassifierOptions.MaxBytes)),
        Number<long>(nameof(DenseNetClassifierOptions.MaxPixels)),
        Number<int>(nameof(DenseNetClassifierOptions.MaxConcurrency)),
        Number<int>(nameof(DenseNetClassifierOptions.MaxQueue)),
        Number<int>(nameof(DenseNetClassifierOptions.MaxBatch)),
        new(nameof(DenseNetClassifierOptions.MaxBatchWait), Time, IsTime),
        new(nameof(DenseNetClassifierOptions.WatchInterval), Time, IsTime),
        new(nameof(DenseNetClassifierOptions.WarmUp), "true or false", text => bool.TryParse(text, out _)),
    ];

    private static string Names => string.Join(", ", _keys.Select(key => key.Name));

    /// <summary>What is wrong with a section, a sentence a key.</summary>
    /// <param name="section">The section.</param>
    /// <param name="others">The sections of other classifiers, which may be among the keys.</param>
    public static IEnumerable<string> FaultsOf(IConfigurationSection section, IReadOnlyList<string> others)
    {
        var faults = section.GetChildren().SelectMany(child => FaultsOfChild(child, others));
        return section.Value is { Length: > 0 } text ? faults.Prepend($"{section.Path} is '{text}'; it must be a section of {Names}.") : faults;
    }

    private static IEnumerable<string> FaultsOfChild(IConfigurationSection child, IReadOnlyList<string> others)
    {
        if (_keys.FirstOrDefault(key => key.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known.FaultsOf(child);
        }

        var isOthers = child.Value is null && others.Any(other => IsIn(other, child.Path));
        return isOthers ? [] : [$"{child.Path} is no setting; there are {Names}."];
    }

    private static bool IsIn(string path, string section) =>
        $"{path}:".StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase);

    private static Key Number<T>(string name)
        where T : IBinaryInteger<T>, IMinMaxValue<T> =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"a whole number, {T.MaxValue} at most"), IsNumber<T>);

    private static bool IsNumber<T>(string text)
        where T : INumber<T> =>
        T.TryParse(text, typeof(T) == typeof(float) ? NumberStyles.Float : NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    // A number alone would be days.
    private static bool IsTime(string text) => text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);

    /// <param name="Name">Its name.</param>
    /// <param name="Form">What its value, or each value of a list, must be; null for any text.</param>
    /// <param name="Reads">Whether a text is that; null for any text.</param>
    /// <param name="IsList">Whether it has a list.</param>
    private sealed record Key(string Name, string? Form = null, Func<string, bool>? Reads = null, bool IsList = false)
    {
        public IEnumerable<string> FaultsOf(IConfigurationSection section)
        {
            var entries = section.GetChildren().ToList();
            if (!IsList)
            {
                return entries.Count > 0 ? [$"{section.Path} is a list or a section; it must be {Form ?? "a text"}."] : FaultsOfValue(section);
            }

            // A value that is empty counts as none.
            return section.Value is { Length: > 0 } text
                ? [$"{section.Path} is '{text}'; it must be a list: {section.Path}:0 and so on."]
                : entries.SelectMany(FaultsOfValue);
        }

        private IEnumerable<string> FaultsOfValue(IConfigurationSection section) =>
            section.Value is { Length: > 0 } text && Reads?.Invoke(text) == false ? [$"{section.Path} is '{text}'; it must be {Form}."] : [];
    }
}
