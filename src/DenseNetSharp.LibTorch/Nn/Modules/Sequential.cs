using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Modules one after the other. Each intermediate result is disposed, so a module must not return its own argument.
/// </summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Name, nn.IModule<Tensor, Tensor> Module)> _steps = [];

    /// <summary>Named modules.</summary>
    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential)) =>
        Add(modules);

    /// <summary>Modules named by their numbers.</summary>
    protected Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential)) =>
        Add(modules);

    internal Sequential()
        : base(nameof(Sequential))
    {
    }

    /// <summary>The number of modules.</summary>
    public int Count => _steps.Count;

    /// <summary>A module by its place.</summary>
    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _steps[index].Module;

    /// <summary>Some of the modules, shared with this one; null is an open end.</summary>
    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index]
    {
        get
        {
            var (start, end) = (index.start ?? 0, index.end ?? Count);
            if (start < 0 || start > Count || end < 0 || end > Count)
            {
                throw new IndexOutOfRangeException($"({start}, {end}) is not a valid range.");
            }

            var part = new Sequential(Array.Empty<nn.Module<Tensor, Tensor>>());
            part._steps.AddRange(_steps.Skip(start).Take(end - start));
            return part;
        }
    }

    /// <summary>Some of the modules, shared with this one.</summary>
    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => this[(index.Start.GetOffset(Count), index.End.GetOffset(Count))];

    /// <summary>Adds a module under a name.</summary>
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        _steps.Add((name, module));
        return this;
    }

    /// <summary>Adds a module under its number.</summary>
    public Sequential append(nn.IModule<Tensor, Tensor> module) => append(Count.ToString(), module);

    /// <summary>Runs the modules; without any, returns another tensor object for the argument.</summary>
    public override Tensor forward(Tensor tensor)
    {
        if (_steps.Count == 0)
        {
            return tensor.alias();
        }

        var result = _steps[0].Module.call(tensor);
        for (var i = 1; i < _steps.Count; i++)
        {
            var next = _steps[i].Module.call(result);
            result.Dispose();
            result = next;
        }

        return result;
    }

    /// <summary>Parameters of the modules.</summary>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        var seen = new HashSet<nint> { 0 };
        foreach (var (prefix, module) in recurse ? named_children() : [])
        {
            foreach (var (name, parameter) in module.named_parameters(true))
            {
                if (seen.Add(parameter.handle))
                {
                    yield return ($"{prefix}.{name}", parameter);
                }
            }
        }
    }

    /// <summary>Buffers of the modules.</summary>
    public override IEnumerable<(string name, Tensor buffer)> named_buffers(
        bool recurse = true, bool include_persistent = true)
    {
        var seen = new HashSet<nint> { 0 };
        foreach (var (prefix, module) in recurse ? named_children() : [])
        {
            foreach (var (name, buffer) in module.named_buffers(true, include_persistent))
            {
                if (seen.Add(buffer.handle))
                {
                    yield return ($"{prefix}.{name}", buffer);
                }
            }
        }
    }

    /// <summary>The modules.</summary>
    public override IEnumerable<(string name, nn.Module module)> named_children()
    {
        foreach (var (name, module) in _steps)
        {
            yield return (name, (nn.Module)module);
        }
    }

    /// <summary>All modules below this one.</summary>
    public override IEnumerable<(string name, nn.Module module)> named_modules()
    {
        foreach (var child in named_children())
        {
            yield return child;
        }

        foreach (var (prefix, child) in named_children())
        {
            foreach (var (name, module) in child.named_modules())
            {
                yield return ($"{prefix}.{name}", module);
            }
        }
    }

    /// <summary>Runs something on every module, then on this one.</summary>
    public override nn.Module apply(Action<nn.Module> fn)
    {
        foreach (var (_, module) in named_children())
        {
            module.apply(fn);
        }

        fn(this);
        return this;
    }

    /// <summary>Sets training mode, here and in all modules.</summary>
    public override void train(bool on = true) => base.train(on);

    /// <summary>Leaves training mode, here and in all modules.</summary>
    public override void eval() => base.eval();

    /// <summary>Moves the modules.</summary>
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) =>
        ForEach(module => module._to(dtype, non_blocking));

    /// <summary>Moves the modules.</summary>
    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) =>
        ForEach(module => module._to(device, dtype, non_blocking));

    /// <summary>Moves the modules.</summary>
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        ForEach(module => module._to(deviceType, deviceIndex, non_blocking));

    /// <summary>Disposes the modules.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing);

    internal Sequential Add(IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> modules)
    {
        foreach (var (name, module) in modules)
        {
            append(name, module);
        }

        return this;
    }

    internal Sequential Add(IEnumerable<nn.Module<Tensor, Tensor>> modules)
    {
        foreach (var module in modules)
        {
            append(module);
        }

        return this;
    }

    private Sequential ForEach(Action<nn.Module> action)
    {
        foreach (var (_, module) in named_children())
        {
            action(module);
        }

        return this;
    }
}
