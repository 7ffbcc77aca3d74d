using DenseNetSharp.Training;

namespace FashionMnist;

/// <summary>One line that tells how far the run is; nothing where the output is no terminal.</summary>
internal sealed class ProgressLine : IProgress<FineTuningProgress>
{
    private long _lastTick;

    public void Report(FineTuningProgress value)
    {
        if (Console.IsErrorRedirected || Environment.TickCount64 - _lastTick < 500)
        {
            return;
        }

        _lastTick = Environment.TickCount64;
        Console.Error.Write(
            $"\r{value.Phase} {value.Epoch}/{value.Epochs}, {value.Images:N0}/{value.TotalImages:N0}: loss {value.Loss:F4}, "
            + $"{value.ImagesPerSecond:F0} images/s, {value.Remaining:hh\\:mm\\:ss} left   \r");
    }
}
