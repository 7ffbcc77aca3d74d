using System.Globalization;
using System.Xml;

namespace DenseNetSharp.Reports;

/// <summary>SVG elements with coordinates in pixels, rounded to hundredths.</summary>
internal sealed class SvgWriter(XmlWriter xml)
{
    public const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>A coordinate's text.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Opens an element; dispose of the result to close it.</summary>
    public IDisposable Element(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        return new End(xml);
    }

    /// <summary>An element without content. Attributes that are null are left out.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        xml.WriteEndElement();
    }

    /// <summary>An element that holds text.</summary>
    public void Text(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    public void Line(string type, double x1, double y1, double x2, double y2) => Empty(
        "line", ("class", type), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

    /// <summary>Text whose middle line is at y.</summary>
    public void Label(string type, double x, double y, string text) =>
        Text("text", text, ("class", type), ("x", Number(x)), ("y", Number(y)), ("dy", "0.35em"));

    private void Start(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        xml.WriteStartElement(name, Namespace);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                xml.WriteAttributeString(attribute, value);
            }
        }
    }

    private sealed class End(XmlWriter xml) : IDisposable
    {
        public void Dispose() => xml.WriteEndElement();
    }
}
