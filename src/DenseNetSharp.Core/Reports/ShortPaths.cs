namespace DenseNetSharp.Reports;

/// <summary>Files by as much of their paths as tells them apart: data sets give many the same name, each in a folder of its own.</summary>
internal static class ShortPaths
{
    /// <summary>The paths below the folder that all have in common, with slashes; of a single one the file's name.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> paths)
    {
        string[][] parts = [.. paths.Select(path => path.Split('/', '\\'))];
        var common = parts.Length == 0 ? 0 : parts.Min(path => path.Length) - 1;
        for (var i = 0; i < common; i++)
        {
            if (parts.Any(path => path[i] != parts[0][i]))
            {
                common = i;
            }
        }

        return [.. parts.Select(path => string.Join('/', path[common..]))];
    }
}
