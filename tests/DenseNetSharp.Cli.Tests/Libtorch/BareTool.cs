namespace DenseNetSharp.Cli.Tests.Libtorch;

/// <summary>The command as its package has it, without native libraries, and with a user's folders of its own.</summary>
public sealed class BareTool : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BareTool()
    {
        Directory.CreateDirectory(ProgramFolder);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory)
            .Where(file => !Path.GetFileName(file).Contains("LibTorchSharp", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(ProgramFolder, Path.GetFileName(file)));
        }

        Directory.CreateDirectory(Data);
    }

    public string ProgramFolder => _folder.File("tool");

    /// <summary>Where the user's data lies.</summary>
    public string Data => _folder.File("data");

    /// <summary>A path in a folder of the test's own.</summary>
    public string this[string name] => _folder.File(name);

    internal Densenet Run(params string[] arguments) => RunIn([], arguments);

    /// <summary>Runs the command with these environment variables set besides.</summary>
    internal Densenet RunIn(Dictionary<string, string> environment, params string[] arguments) => Densenet.RunProgram(
        Path.Combine(ProgramFolder, "densenet.dll"),
        new(environment) { ["XDG_DATA_HOME"] = Data, ["LD_LIBRARY_PATH"] = "" },
        arguments);

    public void Dispose() => _folder.Dispose();
}
