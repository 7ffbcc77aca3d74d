using System.Text;

namespace DenseNetSharp.Files;

/// <summary>Text files whose letters must not be guessed at.</summary>
internal static class Utf8Text
{
    /// <summary>Reads a file in UTF-8, or what a byte order mark says.</summary>
    /// <exception cref="DecoderFallbackException">It is in another encoding.</exception>
    public static string Read(string path) => File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
}
