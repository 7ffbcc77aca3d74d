using System.Text;
using System.Xml;

namespace DenseNetSharp.Reports;

/// <summary>An HTML document that is well-formed XML too.</summary>
internal sealed class HtmlWriter(XmlWriter xml)
{
    private static readonly string[] VoidElements = ["meta", "img", "br"];

    /// <summary>Pictures within the document.</summary>
    public SvgWriter Svg { get; } = new(xml);

    /// <summary>A document's text.</summary>
    public static string Document(string title, string style, Action<HtmlWriter> write)
    {
        var text = new StringBuilder("<!DOCTYPE html>\n");
        var settings = new XmlWriterSettings
        {
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
            OmitXmlDeclaration = true,
            ConformanceLevel = ConformanceLevel.Fragment,
        };
        using (var xml = XmlWriter.Create(text, settings))
        {
            var html = new HtmlWriter(xml);
            using (html.Element("html", ("lang", "en")))
            {
                using (html.Element("head"))
                {
                    html.Empty("meta", ("charset", "utf-8"));
                    html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                    html.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
                    html.Text("title", title);
                    html.Text("style", style);
                }

                using (html.Element("body"))
                {
                    write(html);
                }
            }
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Opens an element; dispose of the result to close it.</summary>
    public IDisposable Element(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        return new End(xml, name);
    }

    /// <summary>An element without content. Attributes that are null are left out.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        new End(xml, name).Dispose();
    }

    /// <summary>An element that holds text.</summary>
    public void Text(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        xml.WriteString(XmlText.Printable(text));
        new End(xml, name).Dispose();
    }

    private void Start(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
            {
                xml.WriteAttributeString(attribute, XmlText.Printable(value));
            }
        }
    }

    /// <summary>Elements that may have content have an end tag: browsers take none for an end otherwise.</summary>
    private sealed class End(XmlWriter xml, string name) : IDisposable
    {
        public void Dispose()
        {
            if (VoidElements.Contains(name))
            {
                xml.WriteEndElement();
            }
            else
            {
                xml.WriteFullEndElement();
            }
        }
    }
}
