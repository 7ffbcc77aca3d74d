using System.Xml;

namespace DenseNetSharp.Reports;

/// <summary>A named figure of one epoch's validation: accuracy, top-5 accuracy, mean AUROC. The higher, the better, but for those of
/// <see cref="Metrics.EvaluationMetric"/> that say otherwise.</summary>
public sealed record EpochMetric
{
    /// <summary>Names a figure.</summary>
    /// <param name="name">Its name, the same in every epoch.</param>
    /// <param name="value">Its value in any unit; not a number where it is not defined.</param>
    /// <exception cref="ArgumentException">The name is blank or has characters that no text file should have.</exception>
    public EpochMetric(string name, double value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Any(char.IsControl) || !IsXmlText(name))
        {
            throw new ArgumentException("A metric's name has control characters or half a surrogate pair.", nameof(name));
        }

        Name = name;
        Value = value;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value.</summary>
    public double Value { get; }

    private static bool IsXmlText(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
