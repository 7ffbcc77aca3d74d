using System.Globalization;
using System.Text;

namespace DenseNetSharp.Checkpoints;

/// <summary>Makes names out of a file fit for a message: no control characters, and never long.</summary>
internal static class PrintableText
{
    private const int MostCharacters = 200;

    public static string Of(string text)
    {
        var printable = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
            {
                printable.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                printable.Append(c);
            }
        }

        return text.Length > MostCharacters ? $"{printable}..." : printable.ToString();
    }
}
