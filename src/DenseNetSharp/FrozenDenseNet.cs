using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// A copy of a network that predicts and does nothing else, in fewer operations (<see cref="DenseNet.Freeze"/>): a batch norm that follows a
/// convolution is part of it, with its ReLU. It has no modules, so nothing of it can be trained, hooked or saved.
/// </summary>
/// <remarks>Predictions may run on several threads at once. <see cref="Dispose"/> may be called at any time: calls under way end as usual.
/// </remarks>
public sealed class FrozenDenseNet : IImageNetwork, IDisposable
{
    private readonly UseGate _gate;
    private readonly FrozenSteps _features;
    private readonly DenseNetHead _head;
    private readonly Tensor _like;

    internal FrozenDenseNet(DenseNetSpec spec, Dictionary<string, Tensor> state, Tensor like, bool isChannelsLast)
    {
        (Spec, IsChannelsLast) = (spec, isChannelsLast);
        using var normalMode = inference_mode(false);
        using var noGradients = no_grad();
        _head = Head(spec);
        foreach (var (name, module) in _head.Children)
        {
            module.to(like.device, like.dtype);
            module.eval();
            foreach (var (key, tensor) in module.state_dict())
            {
                tensor.copy_(state[$"{name}.{key}"]);
            }
        }

        // The caller's dispose scope must not take them.
        _like = empty(0, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        _features = new FrozenSteps(spec, state);
        _gate = new UseGate(nameof(FrozenDenseNet), Free);
    }

    /// <summary>What the network was made of.</summary>
    public DenseNetSpec Spec { get; }

    /// <summary>Whether weights and maps lie in memory with their channels last, as the network's did.</summary>
    public bool IsChannelsLast { get; }

    int IImageNetwork.InputChannels => Spec.InputChannels;

    int IImageNetwork.NumClasses => Spec.NumClasses;

    /// <summary>Computes the logits of a batch of images, without gradients.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="DenseNet.forward"/>.</param>
    /// <returns>Logits before any softmax, <c>[N, numClasses]</c>; of a network without a classifier the pooled features.</returns>
    /// <exception cref="ArgumentException">The rank, channels, size, dtype or device does not fit; nothing has been
    /// computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor Call(Tensor x)
    {
        using var use = _gate.Use();
        NetworkInput.Require(Spec, _like, x);
        using var noGradients = no_grad();
        using var images = IsChannelsLast ? Layouts.ChannelsLast(x) : x.contiguous();
        using var maps = _features.Call(images);
        using var pooled = PooledMaps.Of(maps, Spec.Pooling);
        return _head.Call(pooled);
    }

    /// <summary>Computes the logits of a batch of images without tensors. The images go to the network's device and dtype.</summary>
    /// <param name="nchw">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives <c>[n, numClasses]</c>, before any softmax or sigmoid.</param>
    /// <param name="cancellationToken">Keeps the work from beginning; what has begun goes on to its end.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the
    /// spans overlap; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The network has no classifier.</exception>
    /// <exception cref="InsufficientMemoryException">The device has not enough memory for so many images at once.</exception>
    public void Predict(
        ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TensorPrediction.Check(Spec, nameof(Call), nchw, n, size, logits);
        using var use = _gate.Use();
        TensorPrediction.Run(_like, nchw, n, Spec.InputChannels, size, logits, Call);
    }

    /// <summary>Frees the weights: now, or when the last of the calls under way has ended.</summary>
    public void Dispose() => _gate.Close();

    /// <summary>Making layers draws initial weights, which must not change what the caller draws next: on the CPU, whose generator's state
    /// can be put back.</summary>
    private static DenseNetHead Head(DenseNetSpec spec)
    {
        using var random = get_rng_state();
        try
        {
            return new DenseNetHead(spec);
        }
        finally
        {
            set_rng_state(random);
        }
    }

    private void Free()
    {
        _features.Dispose();
        foreach (var (_, module) in _head.Children)
        {
            module.Dispose();
        }

        _like.Dispose();
    }
}
