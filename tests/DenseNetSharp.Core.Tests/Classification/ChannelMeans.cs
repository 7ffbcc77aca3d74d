using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Classification;

/// <summary>Scores an image by its three channels' means.</summary>
internal sealed class ChannelMeans : IImageNetwork, IDisposable
{
    public bool IsDisposed { get; private set; }

    /// <summary>The last call's token.</summary>
    public CancellationToken Token { get; private set; }

    public int InputChannels => 3;

    public int NumClasses { get; init; } = 3;

    public void Predict(ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        var (height, width) = size;
        if (height < 4 || width < 4)
        {
            throw new ArgumentException($"Images must be at least 4x4, but got {height}x{width}.");
        }

        nchw.Length.Should().Be(n * 3 * height * width);
        for (var i = 0; i < logits.Length; i++)
        {
            float sum = 0;
            foreach (var value in nchw.Slice(i * height * width, height * width))
            {
                sum += value;
            }

            logits[i] = sum / (height * width);
        }
    }

    public void Forget() => Token = CancellationToken.None;

    public void Dispose() => IsDisposed = true;
}
