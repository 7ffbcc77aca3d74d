using System.Globalization;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>What tells that a classifier's files have changed: lengths and times.</summary>
internal static class FileStamp
{
    public static string Of(DenseNetClassifierOptions options)
    {
        var beside = Path.Combine(Path.GetDirectoryName(options.File!)!, RunDescription.FileName);
        string?[] files = [options.File, beside, options.Preset];
        return string.Join(' ', files.OfType<string>().Select(Of));
    }

    private static string Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // Where a link leads to another file, that file's time is what changes.
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"{target.FullName}|{target.Length}|{target.LastWriteTimeUtc.Ticks}")
                : "-";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "-";
        }
    }
}
