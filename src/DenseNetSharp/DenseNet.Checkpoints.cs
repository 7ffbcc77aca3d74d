using DenseNetSharp.Checkpoints;
using DenseNetSharp.Onnx;
using DenseNetSharp.StateDicts;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>Copies the network's parameters and buffers, under PyTorch's names and in PyTorch's order.</summary>
    /// <param name="metadata">Text that goes with them (<see cref="Checkpoint.Metadata"/>), or null for none.</param>
    /// <returns>A checkpoint in memory, independent of the network.</returns>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Checkpoint ToCheckpoint(IReadOnlyDictionary<string, string>? metadata = null) =>
        ToCheckpoint(metadata, parameter => parameter);

    /// <summary>Copies what stands for each of the network's parameters, and the buffers.</summary>
    internal Checkpoint ToCheckpoint(IReadOnlyDictionary<string, string>? metadata, Func<Parameter, Tensor> valuesOf)
    {
        using var use = _gate.Use();
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>();
        foreach (var (moduleName, module) in this.NamedModules())
        {
            foreach (var (name, parameter) in module.named_parameters(recurse: false))
            {
                tensors.Add(new($"{moduleName}.{name}", CheckpointTensors.Copy(valuesOf(parameter))));
            }

            foreach (var (name, buffer) in module.named_buffers(recurse: false))
            {
                tensors.Add(new($"{moduleName}.{name}", CheckpointTensors.Copy(buffer)));
            }
        }

        return new Checkpoint(
            tensors, NetworkTraits.AddTo(metadata, Spec), Spec.Modules.ToDictionary(module => module.Name, module => module.Version));
    }

    /// <summary>Writes the network's state dict to a file that PyTorch, or safetensors, loads.</summary>
    /// <param name="path">The file; one that exists is replaced only once the new one is complete.</param>
    /// <param name="format">The format; if null, safetensors for a <c>.safetensors</c> file, else PyTorch's zip format.
    /// </param>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    public void SaveCheckpoint(string path, CheckpointFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var checkpoint = ToCheckpoint();
        checkpoint.Save(path, format);
    }

    /// <summary>Writes the network as an ONNX file, as it computes in evaluation: see <see cref="OnnxExport"/>.</summary>
    /// <param name="path">The file; one that exists is replaced only once the new one is complete.</param>
    /// <param name="options">Null for the defaults; <see cref="OnnxExportOptions.Spec"/> is this network's whatever it says.</param>
    /// <exception cref="ArgumentException">An option is impossible, which the message explains.</exception>
    /// <exception cref="InvalidDataException">A weight is beyond half precision, or the file would be larger than 2 GB.</exception>
    /// <exception cref="InvalidOperationException">The options' preset contradicts itself; the message says how.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public void ExportOnnx(string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var checkpoint = ToCheckpoint();
        checkpoint.ExportOnnx(path, (options ?? new OnnxExportOptions()) with { Spec = Spec });
    }

    /// <summary>Loads a legacy or zip <c>.pth</c> state dict, a safetensors file or what TorchSharp's own <c>save</c> wrote.</summary>
    /// <param name="path">The file; old dotted keys and common wrappers and prefixes are understood, and
    /// <c>num_batches_tracked</c> may be absent.</param>
    /// <param name="loading">How much must fit.</param>
    /// <returns>What fitted and what did not.</returns>
    /// <exception cref="CheckpointFormatException">The file is no checkpoint; nothing has changed.</exception>
    /// <exception cref="CheckpointMismatchException">The checkpoint does not fit, which the message details by key and
    /// shapes; nothing has changed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public StateDictMatch LoadCheckpoint(string path, CheckpointLoading loading = CheckpointLoading.Strict)
    {
        using var checkpoint = Checkpoint.Open(path);
        return LoadCheckpoint(checkpoint, loading);
    }

    /// <inheritdoc cref="LoadCheckpoint(string, CheckpointLoading)"/>
    /// <param name="checkpoint">The checkpoint; it stays the caller's.</param>
    /// <param name="loading">How much must fit.</param>
    public StateDictMatch LoadCheckpoint(Checkpoint checkpoint, CheckpointLoading loading = CheckpointLoading.Strict)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using var change = _gate.Change();
        var match = StateDictMatch.Create(Spec, checkpoint);
        _ = loading switch
        {
            CheckpointLoading.Strict => match.RequireExact(),
            CheckpointLoading.AllButClassifier => match.RequireExactButHead(),
            CheckpointLoading.Complete => match.RequireComplete(),
            CheckpointLoading.CompleteButClassifier => match.RequireCompleteButHead(),
            CheckpointLoading.WhatFits => match.RequireSome(),
            _ => throw new ArgumentOutOfRangeException(nameof(loading), loading, "There is no such way of loading."),
        };

        // Everything has been checked: from here on nothing is refused.
        var isHeadWanted = loading is not (CheckpointLoading.AllButClassifier or CheckpointLoading.CompleteButClassifier);
        using var noGradients = no_grad();
        var state = state_dict();
        foreach (var pair in match.Pairs)
        {
            if (isHeadWanted || pair.Entry.Name.StartsWith($"{nameof(features)}.", StringComparison.Ordinal))
            {
                CheckpointTensors.CopyInto(state[pair.Entry.Name], pair.Tensor);
            }
        }

        // PyTorch starts the count anew where the file's batch norm is older than the counter (its version 2).
        foreach (var counter in match.Absent.Where(counter => !ShouldHaveCounter(checkpoint, counter.Name)))
        {
            state[counter.Name].zero_();
        }

        return match;
    }

    /// <summary>Takes back what <see cref="ToCheckpoint(IReadOnlyDictionary{string, string}?)"/> gave for a network of this spec: names are
    /// what they are, and none is translated.</summary>
    /// <exception cref="CheckpointMismatchException">It was for another network.</exception>
    internal void Restore(Checkpoint own)
    {
        var entries = Spec.StateDict;
        if (!entries.All(entry => own.Tensors.TryGetValue(entry.Name, out var tensor) && tensor.Shape.SequenceEqual(entry.Shape)))
        {
            LoadCheckpoint(own);
            return;
        }

        using var change = _gate.Change();
        using var noGradients = no_grad();
        var state = state_dict();
        foreach (var entry in entries)
        {
            CheckpointTensors.CopyInto(state[entry.Name], own.Tensors[entry.Name]);
        }
    }

    private static bool ShouldHaveCounter(Checkpoint checkpoint, string counter) =>
        checkpoint.ModuleVersions?.GetValueOrDefault(counter[..counter.LastIndexOf('.')]) >= 2;

    /// <summary>Loads a checkpoint as PyTorch's <c>load_state_dict(strict=...)</c> does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">True for <see cref="CheckpointLoading.Strict"/>, false for
    /// <see cref="CheckpointLoading.WhatFits"/>.</param>
    /// <inheritdoc cref="LoadCheckpoint(string, CheckpointLoading)"/>
    public StateDictMatch LoadCheckpoint(string path, bool strict) =>
        LoadCheckpoint(path, strict ? CheckpointLoading.Strict : CheckpointLoading.WhatFits);

    /// <summary>Loads a file that TorchSharp's own <c>save</c> wrote, as TorchSharp does. For PyTorch's files, and for TorchSharp's too,
    /// there is <see cref="LoadCheckpoint(string, CheckpointLoading)"/>, which changes nothing where a file does not fit.</summary>
    /// <param name="location">The file.</param>
    /// <param name="strict">Whether every entry must match.</param>
    /// <param name="skip">Names to leave aside.</param>
    /// <param name="loadedParameters">Receives which entries were found.</param>
    /// <returns>This network.</returns>
    /// <exception cref="NotSupportedException">The file is a <c>.pth</c>, <c>.pt</c> or <c>.safetensors</c> file.
    /// </exception>
    public override nn.Module load(string location, bool strict = true, IList<string>? skip = null,
        Dictionary<string, bool>? loadedParameters = null)
    {
        // Content decides (TorchSharp's own files may have any name); a file that is not there is judged by its name.
        return !File.Exists(location) && Path.GetExtension(location).ToLowerInvariant() is ".pth" or ".pt" or ".safetensors"
            ? throw NotTorchSharps(location)
            : base.load(location, strict, skip, loadedParameters);
    }

    /// <summary>Loads what TorchSharp's own <c>save</c> wrote. For PyTorch's files use
    /// <see cref="LoadCheckpoint(string, CheckpointLoading)"/>.</summary>
    /// <param name="reader">Over the file's bytes.</param>
    /// <param name="strict">Whether every entry must match.</param>
    /// <param name="skip">Names to leave aside.</param>
    /// <param name="loadedParameters">Receives which entries were found.</param>
    /// <returns>This network.</returns>
    /// <exception cref="NotSupportedException">The bytes are a <c>.pth</c> or safetensors file's.</exception>
    public override nn.Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null,
        Dictionary<string, bool>? loadedParameters = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (IsPyTorchs(reader.BaseStream))
        {
            throw NotTorchSharps((reader.BaseStream as FileStream)?.Name ?? "The stream");
        }

        return InPlainLayout(() => base.load(reader, strict, skip, loadedParameters));
    }

    private static NotSupportedException NotTorchSharps(string source) => new(
        $"{source} is not of TorchSharp's own format; load PyTorch checkpoints with {nameof(DenseNet)}.{nameof(LoadCheckpoint)}.");

    /// <summary>A zip's mark, a protocol 2 pickle's first bytes or a safetensors header: no file of TorchSharp's starts
    /// so.</summary>
    private static bool IsPyTorchs(Stream stream)
    {
        if (!stream.CanSeek)
        {
            return false;
        }

        var position = stream.Position;
        Span<byte> start = stackalloc byte[9];
        start.Clear();
        stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = position;
        return start.StartsWith("PK\x03\x04"u8)
            || start.StartsWith<byte>([0x80, 0x02, 0x8a, 0x0a])
            || (start[8] == (byte)'{' && start[4..8].IndexOfAnyExcept((byte)0) < 0);
    }
}
