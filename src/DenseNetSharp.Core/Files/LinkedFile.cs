namespace DenseNetSharp.Files;

/// <summary>Follows symbolic links.</summary>
internal static class LinkedFile
{
    /// <summary>The file of this path, or the one that it links to in the end; neither need exist.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static FileInfo Resolve(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }
}
