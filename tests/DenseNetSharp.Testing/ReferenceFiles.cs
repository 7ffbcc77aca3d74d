namespace DenseNetSharp.Testing;

/// <summary>A folder of files that one reference script writes, once for all tests of a class.</summary>
public abstract class ReferenceFiles(string script, params string[] arguments) : IDisposable
{
    private string? _folder;

    /// <summary>The path of one of the script's files; runs the script first where it has not run yet, and skips the
    /// test where there is no reference.</summary>
    public string this[string file]
    {
        get
        {
            if (_folder is null)
            {
                Require();
                var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
                PythonReference.Run(Path.Combine("Reference", script), [folder, .. arguments]);
                _folder = folder;
            }

            return Path.Combine(_folder, file);
        }
    }

    /// <summary>Skips the test where there is no reference that has what the script needs.</summary>
    protected virtual void Require() => PythonReference.Require();

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }
}
