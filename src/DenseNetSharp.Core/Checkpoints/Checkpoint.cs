using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// The tensors of a model by name: a file that PyTorch, safetensors or TorchSharp wrote, opened without executing anything in
/// it, or tensors in memory that are to be written. Reading from several threads at once is safe.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private MappedFile? _file;

    /// <summary>Puts tensors in memory together, to be matched with a network or saved.</summary>
    /// <param name="tensors">Names and tensors, in the order in which they are to be written.</param>
    /// <param name="metadata">Text that goes with them, or null for none.</param>
    /// <param name="moduleVersions">See <see cref="ModuleVersions"/>; null to derive them from the names.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    public Checkpoint(
        IEnumerable<KeyValuePair<string, CheckpointTensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        IReadOnlyDictionary<string, int>? moduleVersions = null)
    {
        Tensors = new TensorTable(tensors);
        Metadata = metadata ?? new Dictionary<string, string>();
        ModuleVersions = moduleVersions;
    }

    /// <summary>Tensors in memory that another library has read from a file.</summary>
    internal Checkpoint(string path, IEnumerable<KeyValuePair<string, CheckpointTensor>> tensors, IReadOnlyDictionary<string, string> metadata)
        : this(tensors, metadata) => Path = path;

    private Checkpoint(MappedFile file, CheckpointContent content)
        : this(content.Tensors, content.Metadata, content.ModuleVersions)
    {
        _file = file;
        Path = file.Path;
        Format = content.Format;
        Wrapper = content.Wrapper;
        ModuleTypes = content.ModuleTypes;
        ModuleSettings = content.ModuleSettings;
        ScriptCalls = content.ScriptCalls;
        OtherNetworks = content.OtherNetworks;
        LooseTensors = content.LooseTensors;
        UnsavedBuffers = content.UnsavedBuffers;
    }

    /// <summary>The file, or null for tensors in memory.</summary>
    public string? Path { get; }

    /// <summary>The file's format, or null for tensors in memory and for Keras's HDF5 (the package DenseNetSharp.Hdf5).</summary>
    public CheckpointFormat? Format { get; }

    /// <summary>
    /// The entry of the file's dictionary that held the tensors, such as <c>state_dict</c> where a training script
    /// saved the model beside its epoch and optimizer; null where the tensors were the whole file.
    /// </summary>
    public string? Wrapper { get; }

    /// <summary>The tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; private set; }

    /// <summary>
    /// Text in the file beside the tensors: safetensors' metadata, or the plain values that a training script saved
    /// with them (an epoch, an architecture's name) or that a whole module has as attributes. A list of strings, such
    /// as the labels of the outputs, is a JSON array. It is kept on saving: in a <c>.pth</c> as the attribute
    /// <c>metadata</c> of the state dict, which PyTorch leaves alone.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The version of each module, the root named "": what PyTorch keeps as the state dict's <c>_metadata</c>. Null
    /// where the file has none, as in torchvision's official files and in safetensors.
    /// </summary>
    public IReadOnlyDictionary<string, int>? ModuleVersions { get; }

    /// <summary>
    /// The class of each module by its name, the root named "", such as <c>torch.nn.modules.activation.Sigmoid</c>, where the
    /// file holds a whole module, pickled or as TorchScript; null where it holds tensors alone.
    /// </summary>
    public IReadOnlyDictionary<string, string>? ModuleTypes { get; }

    /// <summary>How the modules of PyTorch's own classes in a pickled module compute, by their names.</summary>
    internal IReadOnlyDictionary<string, ModuleSettings> ModuleSettings { get; } = new Dictionary<string, ModuleSettings>();

    /// <summary>The functions that the code of TorchScript's modules calls, by the modules' names, without PyTorch's own modules.</summary>
    internal IReadOnlyDictionary<string, IReadOnlySet<string>> ScriptCalls { get; } = new Dictionary<string, IReadOnlySet<string>>();

    /// <summary>The file's entries beside <see cref="Wrapper"/> that hold tensors of a network too.</summary>
    internal IReadOnlyList<string> OtherNetworks { get; } = [];

    /// <summary>Single tensors in the file beside the network's, by name.</summary>
    internal IReadOnlyList<string> LooseTensors { get; } = [];

    /// <summary>A whole module's buffers that are no part of its state dict.</summary>
    internal IReadOnlyList<string> UnsavedBuffers { get; } = [];

    /// <summary>
    /// Opens a legacy or zip <c>.pth</c>, a safetensors file or what TorchSharp's own <c>save</c> wrote, recognised by its content.
    /// A <c>.pth</c> may hold a state dict, a training script's dictionary with one in it, or a whole module, whose classes are neither needed nor loaded.
    /// The file is mapped into memory and its tensors are read when asked for; it must not be changed while it is open.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointFormatException">
    /// The file is no checkpoint, is damaged, or asks for code to be run.
    /// </exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Checkpoint Open(string path) => Open(new MappedFile(path));

    /// <summary>Opens a file that others may write to meanwhile: it is read, not mapped, and what has become shorter is refused.</summary>
    internal static Checkpoint OpenChanging(string path) => Open(new MappedFile(path, mayShrink: true));

    private static Checkpoint Open(MappedFile file)
    {
        try
        {
            return new Checkpoint(file, CheckpointReader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the tensors so that PyTorch's <c>torch.load</c> (<c>weights_only=True</c> too), Python's safetensors or TorchSharp's
    /// <c>load</c> read them: to a temporary file in the same folder, which then takes the place of <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file to write; one that is there is replaced.</param>
    /// <param name="format">
    /// How to write it; null for safetensors where the path ends in <c>.safetensors</c>, else PyTorch's zip.
    /// </param>
    /// <exception cref="IOException">The file cannot be written; one that was there is left as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path, CheckpointFormat? format = null) =>
        CheckpointWriter.Write(this, path, format ?? FormatFor(path));

    /// <summary>The format that a file's extension asks for: safetensors by its own, any other PyTorch's zip.</summary>
    /// <param name="path">The file.</param>
    public static CheckpointFormat FormatFor(string path) =>
        System.IO.Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? CheckpointFormat.Safetensors
            : CheckpointFormat.Zip;

    /// <summary>Other tensors with all else that the file says; this checkpoint keeps the file open for them.</summary>
    internal Checkpoint With(IEnumerable<KeyValuePair<string, CheckpointTensor>> tensors)
    {
        var copy = (Checkpoint)MemberwiseClone();
        copy.Tensors = new TensorTable(tensors);
        copy._file = null;
        return copy;
    }

    /// <summary>Closes the file. Its tensors cannot be read any more.</summary>
    public void Dispose() => _file?.Dispose();
}
