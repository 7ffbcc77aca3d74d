using System.Text.Json;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>One tensor that Python says is in a file it wrote.</summary>
public sealed record ExpectedTensor(string Name, string Dtype, long[] Shape, string Sha256, string? FloatSha256);

/// <summary>Checkpoints written by PyTorch, once for all tests that read them.</summary>
public sealed class TorchFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, ExpectedTensor[]> _manifest = [];

    public TorchFiles()
    {
        if (PythonReference.IsAvailable)
        {
            PythonReference.Run("Checkpoints/write_checkpoints.py", _folder.Path);
            var json = File.ReadAllText(_folder.File("manifest.json"));
            _manifest = JsonSerializer.Deserialize<Dictionary<string, ExpectedTensor[]>>(json, JsonSerializerOptions.Web)!;
        }
    }

    /// <summary>The files of which it is known what they hold.</summary>
    public IEnumerable<string> Names => _manifest.Keys;

    public string Folder => _folder.Path;

    public string PathOf(string name)
    {
        PythonReference.Require();
        return _folder.File(name);
    }

    public Checkpoint Open(string name) => Checkpoint.Open(PathOf(name));

    public IReadOnlyList<ExpectedTensor> Expected(string name) => _manifest[name];

    public void Dispose() => _folder.Dispose();
}

[CollectionDefinition(Name)]
public sealed class TorchFilesCollection : ICollectionFixture<TorchFiles>
{
    public const string Name = "Files written by PyTorch";
}
