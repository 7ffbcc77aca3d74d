using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>
/// Which functions the code in a TorchScript archive calls. It is text to be searched, and is never run: a sigmoid or a division
/// that no module stands for is found nowhere else.
/// </summary>
internal static partial class TorchScriptCode
{
    // The code of a whole DenseNet-201 takes less than a tenth.
    private const int MostBytes = 1 << 20;
    private const int MostFiles = 64;

    /// <summary>The functions by the modules' names; modules of PyTorch's own classes are left out.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="entries">What is in it.</param>
    /// <param name="root">Its folder.</param>
    /// <param name="classes">The modules' classes by their names.</param>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Calls(
        MappedFile file, IReadOnlyDictionary<string, ZipEntry> entries, string root, IReadOnlyDictionary<string, string> classes)
    {
        var calls = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (module, type) in classes)
        {
            var dot = type.LastIndexOf('.');
            if (dot < 0 || type.StartsWith("__torch__.torch.nn.", StringComparison.Ordinal))
            {
                continue;
            }

            var path = $"{root}code/{type[..dot].Replace('.', '/')}.py";
            if (!texts.TryGetValue(path, out var text))
            {
                if (texts.Count == MostFiles)
                {
                    break;
                }

                texts[path] = text = entries.TryGetValue(path, out var entry) ? Text(file, entry) : "";
            }

            calls[module] = CallsIn(text, type[(dot + 1)..]);
        }

        return calls;
    }

    /// <summary>The functions that one class of a file calls.</summary>
    private static HashSet<string> CallsIn(string text, string type)
    {
        var start = text.IndexOf($"class {type}(", StringComparison.Ordinal);
        if (start < 0)
        {
            return [];
        }

        var end = text.IndexOf("\nclass ", start, StringComparison.Ordinal);
        return [.. Call().Matches(text[start..(end < 0 ? text.Length : end)]).Select(match => match.Groups[1].Value + match.Groups[2].Value)];
    }

    /// <summary>A file's text, which PyTorch compresses; what cannot be unpacked is no code.</summary>
    private static string Text(MappedFile file, ZipEntry entry)
    {
        if (entry.StoredLength > MostBytes || entry.Length > MostBytes)
        {
            return "";
        }

        var stored = file.Read(entry.Start, (int)entry.StoredLength);
        if (entry.IsPlain)
        {
            return Encoding.UTF8.GetString(stored);
        }

        var bytes = new byte[entry.Length];
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(stored), CompressionMode.Decompress);
            return Encoding.UTF8.GetString(bytes, 0, deflate.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }

    // A function of functional is also kept in a variable before it is called.
    [GeneratedRegex(@"\btorch\.(\w+)\(|\bfunctional(?:\.___torch_mangle_\d+)?\.(\w+)")]
    private static partial Regex Call();
}
