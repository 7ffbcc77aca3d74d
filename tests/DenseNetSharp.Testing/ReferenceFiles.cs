using System.Collections.Concurrent;

namespace DenseNetSharp.Testing;

/// <summary>A folder of files that one reference script writes: the script runs once for all classes of tests that ask for it, and each
/// gets a copy of its own.</summary>
public abstract class ReferenceFiles(string script, params string[] arguments) : IDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> _written = new();

    private string? _folder;

    /// <summary>The path of one of the script's files; runs the script first where it has not run yet, and skips the
    /// test where there is no reference.</summary>
    public string this[string file] => Path.Combine(_folder ??= Copy(), file);

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Skips the test where something that the script needs is not there.</summary>
    protected virtual void Require() => PythonReference.Require();

    private static string NewFolder() => Directory.CreateTempSubdirectory("densenetsharp-").FullName;

    private string Copy()
    {
        Require();
        var source = _written.GetOrAdd(string.Join('\n', [script, .. arguments]), _ => new Lazy<string>(() =>
        {
            var folder = NewFolder();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            PythonReference.Run(Path.Combine("Reference", script), [folder, .. arguments]);
            return folder;
        })).Value;
        var own = NewFolder();
        foreach (var folder in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(own, Path.GetRelativePath(source, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(own, Path.GetRelativePath(source, file)));
        }

        return own;
    }
}
