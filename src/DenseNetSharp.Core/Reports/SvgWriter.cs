using System.Globalization;
using System.Text;
using System.Xml;

namespace DenseNetSharp.Reports;

/// <summary>SVG elements with coordinates in pixels, rounded to hundredths.</summary>
internal sealed class SvgWriter(XmlWriter xml)
{
    public const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>A coordinate's text.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A name that has no more characters than there is room for.</summary>
    public static string Shortened(string name, int mostCharacters)
    {
        var characters = new StringInfo(name);
        return characters.LengthInTextElements <= mostCharacters
            ? name
            : $"{characters.SubstringByTextElements(0, mostCharacters - 1)}…";
    }

    /// <summary>A document's text.</summary>
    public static string Document(Action<SvgWriter> draw)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var xml = XmlWriter.Create(text, settings))
        {
            draw(new SvgWriter(xml));
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Opens a picture with a background and the style of all pictures; dispose of the result to close it.</summary>
    public IDisposable Picture(string title, double width, double height)
    {
        var (w, h) = (Number(width), Number(height));
        var picture = Element("svg", ("width", w), ("height", h), ("viewBox", $"0 0 {w} {h}"), ("role", "img"));
        Text("title", title);
        Text("style", PlotStyle.Text);
        Empty("rect", ("class", "paper"), ("width", w), ("height", h), ("rx", "8"), ("fill", "#ffffff"));
        return picture;
    }

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
        xml.WriteString(XmlText.Printable(text));
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
