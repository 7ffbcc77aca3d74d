using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// From the pooled features to the logits, for all images of a group at once. Values between its steps lie as pixels do for a
/// product: in chunks of <see cref="PackedRows.Stride"/>, in each chunk image by image.
/// </summary>
internal sealed unsafe class HeadPass(PackedNetwork network, KernelSet kernels)
{
    private readonly PackedHeadStep[] _steps = network.Head;

    /// <summary>Floats that one image's features, logits and all between them take.</summary>
    public nint Length { get; } = PackedRows.Length(1, network.FeatureCount)
        + (nint)network.Head.Sum(step => step.Matrix is null ? 0L : PackedRows.Length(1, step.Width));

    /// <summary>Computes the logits.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="features">The features of the first image; behind those of all, what the linear layers give, one after another.
    /// </param>
    /// <param name="count">Images.</param>
    public void Run(Worker worker, float* features, int count)
    {
        var width = network.FeatureCount;
        var values = features;
        foreach (var step in _steps)
        {
            if (step.Matrix is { } matrix)
            {
                var output = Behind(values, width, count);
                Multiply(worker, matrix, step.Floor, values, output, count);
                values = output;
            }
            else
            {
                Apply(worker, step, values, count);
            }

            width = step.Width;
            if (!worker.Meet())
            {
                return;
            }
        }
    }

    /// <summary>Where the logits of the first image are.</summary>
    public float* Logits(float* features, int count)
    {
        var values = features;
        var width = network.FeatureCount;
        foreach (var step in _steps)
        {
            if (step.Matrix is not null)
            {
                values = Behind(values, width, count);
            }

            width = step.Width;
        }

        return values;
    }

    private static float* Behind(float* values, int width, int count) => values + PackedRows.Length(count, width);

    private void Multiply(Worker worker, PackedMatrix matrix, float floor, float* values, float* outputs, int count)
    {
        var stride = (nint)count * PackedRows.Stride;
        var offsets = worker.Scratch.RowOffsets;
        while (worker.TryTake(matrix.Panels.Length, out var panel))
        {
            for (var first = 0; first < count; first += kernels.GroupRows)
            {
                var rows = Math.Min(kernels.GroupRows, count - first);
                for (var row = 0; row < rows; row++)
                {
                    offsets[row] = (nint)row * PackedRows.Stride;
                }

                kernels.Multiply(
                    matrix,
                    matrix.Panels[panel],
                    new PackedPixels(values + ((nint)first * PackedRows.Stride), rows, stride),
                    floor,
                    new ProductOutput(outputs + ((nint)first * PackedRows.Stride), offsets, stride));
            }
        }
    }

    private static void Apply(Worker worker, PackedHeadStep step, float* values, int count)
    {
        while (worker.TryTake(PackedRows.Chunks(step.Width), out var chunk))
        {
            var start = chunk * PackedRows.Stride;
            var length = Math.Min(PackedRows.Stride, step.Width - start);
            for (var image = 0; image < count; image++)
            {
                var row = new Span<float>(values + ((((nint)chunk * count) + image) * PackedRows.Stride), length);
                if (step.Norm is { } norm)
                {
                    for (var i = 0; i < length; i++)
                    {
                        row[i] = (row[i] * norm.Scale[start + i]) + norm.Shift[start + i];
                    }
                }
                else
                {
                    Activations.Apply(step.Activation, row);
                }
            }
        }
    }
}
