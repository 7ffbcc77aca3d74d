using System.Globalization;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>What tells that a classifier's files have changed: where they are, their lengths and times.</summary>
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
            if (!file.Exists)
            {
                return "-";
            }

            // Where a link leads to another file, that file's time is what changes, or its place alone.
            var target = new FileInfo(WithoutLinks(file.FullName));
            return string.Create(CultureInfo.InvariantCulture, $"{target.FullName}|{target.Length}|{target.LastWriteTimeUtc.Ticks}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "-";
        }
    }

    /// <summary>The path of a file that exists, with no links in it.</summary>
    private static string WithoutLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } folder)
        {
            return path;
        }

        path = Path.Join(WithoutLinks(folder), Path.GetFileName(path));
        return File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target ? WithoutLinks(target.FullName) : path;
    }
}
