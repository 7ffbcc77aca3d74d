using System.Runtime.InteropServices;
using DenseNetSharp.Core.Tests.Images;

namespace DenseNetSharp.Core.Tests.Metrics;

/// <summary>What scikit-learn and PyTorch say of scores and targets.</summary>
internal static class ScikitLearn
{
    /// <summary>Runs Python statements that leave numbers in <c>result</c>; skips the test where scikit-learn is
    /// missing.</summary>
    /// <param name="reference">The Python.</param>
    /// <param name="logits">Becomes <c>logits</c>, float32 of <c>[n, columns]</c>.</param>
    /// <param name="columns">The number of classes, which becomes <c>columns</c>.</param>
    /// <param name="targets">Becomes <c>targets</c>: int32 of <c>[n]</c>, or float32 of <c>[n, columns]</c>.</param>
    /// <param name="code">The statements.</param>
    public static double[] Run<T>(PillowReference reference, float[] logits, int columns, T[] targets, string code)
        where T : unmanaged
    {
        Skip.IfNot(
            reference.RunText("import importlib.util\nresult = importlib.util.find_spec('sklearn') is not None") == "True",
            "no scikit-learn (install python3-sklearn)");
        var logitsFile = Write(reference, logits);
        var targetsFile = Write(reference, targets);
        var shaped = typeof(T) == typeof(int) ? "np.int32)" : "np.float32).reshape(-1, columns)";
        var bytes = reference.Run($"""
            import sklearn.metrics
            from torch.nn import functional
            columns = {columns}
            logits = np.fromfile('{logitsFile}', np.float32).reshape(-1, columns)
            targets = np.fromfile('{targetsFile}', {shaped}
            {code}
            result = np.asarray(result, np.float64).tobytes()
            """);
        return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }

    /// <summary>Compares numbers of which some can be NaN.</summary>
    public static void ShouldEqual(this IEnumerable<double> actual, IEnumerable<double> expected, double precision)
    {
        double[] values = [.. actual];
        double[] wanted = [.. expected];
        values.Length.Should().Be(wanted.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var same = double.IsNaN(wanted[i])
                ? double.IsNaN(values[i])
                : Math.Abs(values[i] - wanted[i]) <= precision * Math.Max(1, Math.Abs(wanted[i]));
            same.Should().BeTrue($"value {i} should be {wanted[i]:R} and is {values[i]:R}");
        }
    }

    private static string Write<T>(PillowReference reference, T[] values)
        where T : unmanaged
    {
        var path = reference.NewPath(".bin");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes<T>(values).ToArray());
        return path;
    }
}
