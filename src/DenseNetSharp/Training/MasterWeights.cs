using DenseNetSharp.Training.Foreach;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>
/// Float32 copies of weights that a network computes with in bfloat16: steps too small for bfloat16's eight bits add up in
/// them. Batch norms stay float32, as their statistics need it.
/// </summary>
/// <remarks>Make it after the network has been moved, and before the optimizer, which changes <see cref="Parameters"/>;
/// <see cref="Trainer.Masters"/> takes it. Disposing turns the network back to float32. <see cref="FineTuningOptions.BFloat16"/> does all of
/// this.</remarks>
public sealed class MasterWeights : IDisposable
{
    private readonly DenseNet _model;
    private readonly List<(Parameter Working, Parameter Master)> _pairs = [];
    private readonly Dictionary<nint, Parameter> _masters = [];
    private bool _isDisposed;

    /// <summary>Turns a network's convolutions and linear layers to bfloat16.</summary>
    /// <param name="model">The network, in float32; it stays the caller's.</param>
    /// <exception cref="ArgumentException">The network is not in float32: its copies would not be, either. Nothing has changed.</exception>
    /// <exception cref="NotSupportedException">The device cannot compute with it; nothing has changed.</exception>
    public MasterWeights(DenseNet model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.parameters().FirstOrDefault(parameter => parameter.dtype != ScalarType.Float32) is { } other)
        {
            throw new ArgumentException($"Float32 copies are made of a network in float32, and this one has weights in {other.dtype}.", nameof(model));
        }

        _model = model;
        RequireSupport(model);
        foreach (var module in ConvertedModules())
        {
            using var scope = NewDisposeScope();
            var masters = module.parameters().Select(parameter => parameter.detach().clone().DetachFromDisposeScope()).ToArray();
            var trainable = module.parameters().Select(parameter => parameter.requires_grad).ToArray();
            module.to(ScalarType.BFloat16);
            foreach (var ((working, master), isTrainable) in module.parameters().Zip(masters).Zip(trainable))
            {
                working.requires_grad = isTrainable;
                var parameter = nn.Parameter(master);
                _pairs.Add((working, parameter));
                _masters.Add(working.Handle, parameter);
            }
        }
    }

    /// <summary>What the optimizer changes: the copies, and the batch norms' own parameters, in the order of the network's.</summary>
    public IEnumerable<Parameter> Parameters => _model.parameters().Select(Of);

    /// <summary>What the optimizer changes for one of the network's parameters.</summary>
    internal Parameter Of(Parameter parameter) => _masters.GetValueOrDefault(parameter.Handle, parameter);

    /// <summary>Adds a backward pass's gradients to the copies' and clears them.</summary>
    internal void TakeGradients()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var found = _pairs.Where(pair => pair.Working.grad is not null).ToArray();
        Tensor[] singles = [.. found.Select(pair => empty_like(pair.Master).detach())];
        ListOperators.Copy(singles, [.. found.Select(pair => pair.Working.grad!)]);
        foreach (var ((working, master), single) in found.Zip(singles))
        {
            master.grad = master.grad is { } sum ? sum.add_(single) : single;
            working.grad = null;
        }
    }

    /// <summary>Rounds the copies into the network, after a step or after loading.</summary>
    internal void Apply()
    {
        using var noGradients = no_grad();
        ListOperators.Copy([.. _pairs.Select(pair => pair.Working)], [.. _pairs.Select(pair => pair.Master)]);
    }

    /// <summary>The network's tensors with the copies in the place of what is rounded, for an average.</summary>
    internal IEnumerable<(Tensor Tensor, bool Changes)> Tensors() =>
        _model.NamedModules().SelectMany(entry => WeightAverage.TensorsOf(entry.Module))
            .Select(entry => (_masters.TryGetValue(entry.Tensor.Handle, out var master) ? master : entry.Tensor, entry.Changes));

    /// <summary>Turns the network back to float32, with the copies' values, unless it is disposed. What it has got since, as by
    /// <see cref="DenseNet.ReplaceClassifier"/>, keeps its own.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var isModelDisposed = !_model.parameters().Any();
        foreach (var module in isModelDisposed ? [] : ConvertedModules())
        {
            Parameter[] working = [.. module.parameters()];
            Parameter?[] masters = [.. working.Select(parameter => _masters.GetValueOrDefault(parameter.Handle))];
            bool[] trainable = [.. working.Select(parameter => parameter.requires_grad)];
            module.to(ScalarType.Float32);
            foreach (var ((parameter, master), isTrainable) in module.parameters().Zip(masters).Zip(trainable))
            {
                if (master is not null)
                {
                    parameter.copy_(master);
                }

                parameter.requires_grad = isTrainable;
            }
        }

        _pairs.ForEach(pair => pair.Master.Dispose());
    }

    /// <summary>Refuses to be the copies of another network, and an optimizer that changes what is rounded instead of them.</summary>
    /// <exception cref="ArgumentException">They do not belong together.</exception>
    internal void Require(DenseNet model, optim.Optimizer optimizer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (model != _model)
        {
            throw new ArgumentException("The float32 copies are another network's.");
        }

        if (optimizer.parameters().Any(parameter => _masters.ContainsKey(parameter.Handle)))
        {
            throw new ArgumentException($"The optimizer changes the network's bfloat16 weights; make it of {nameof(MasterWeights)}.{nameof(Parameters)}.");
        }
    }

    private IEnumerable<nn.Module> ConvertedModules() =>
        _model.NamedModules().Select(entry => entry.Module).Where(module => module is Conv2d or Linear);

    private static void RequireSupport(DenseNet model)
    {
        var device = model.FirstWeight.device;
        try
        {
            using var scope = NewDisposeScope();
            var x = ones([2, 8, 8, 8], dtype: ScalarType.BFloat16, device: device);
            using var convolution = nn.Conv2d(8, 8, kernel_size: 1, bias: false, device: device, dtype: ScalarType.BFloat16);
            using var norm = nn.BatchNorm2d(8, device: device);
            norm.call(convolution.call(x)).sum().backward();
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new NotSupportedException(
                $"{device} cannot train in bfloat16: {exception.Message.Split('\n')[0]} Leave {nameof(FineTuningOptions.BFloat16)} out.", exception);
        }
    }
}
