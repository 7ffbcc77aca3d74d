using System.Xml;

namespace DenseNetSharp.Reports;

/// <summary>Names of files and classes, which can hold what no document may.</summary>
internal static class XmlText
{
    /// <summary>The text with a replacement character for what no document may hold: control characters, halves of pairs.</summary>
    public static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "\uFFFD"));
}
