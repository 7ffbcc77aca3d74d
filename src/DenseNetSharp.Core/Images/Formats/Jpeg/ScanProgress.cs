namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>How far a progressive file's scans have brought each coefficient.</summary>
internal sealed class ScanProgress
{
    /// <summary>How many coefficients may be guessed, in zig-zag order.</summary>
    public const int Guessed = 10;

    private readonly int[,] _open;
    private readonly int[,] _openBefore;
    private int _scans;

    public ScanProgress(int components)
    {
        (_open, _openBefore) = (new int[components, JpegBlock.Length], new int[components, JpegBlock.Length]);
        for (var component = 0; component < components; component++)
        {
            for (var i = 0; i < JpegBlock.Length; i++)
            {
                _open[component, i] = -1;
            }
        }
    }

    /// <summary>The last row of MCUs for which the last scan that had data for any had them.</summary>
    public int LastGoodRow { get; set; }

    /// <summary>How many bits of a coefficient are not known yet; -1 where none is known.</summary>
    public int OpenBits(int component, int coefficient) => _open[component, coefficient];

    /// <summary>The same in a row of MCUs: where the last scan has not come, that before it counts.</summary>
    public int OpenBitsAt(int component, int coefficient, int mcuRow) =>
        mcuRow <= LastGoodRow ? _open[component, coefficient] : _scans > 1 ? _openBefore[component, coefficient] : -1;

    /// <summary>Notes that a scan begins.</summary>
    public void Begin(JpegScan scan)
    {
        _scans++;
        foreach (var component in scan.Components)
        {
            var index = component.Component.Index;
            for (var i = Math.Min(scan.First, 1); i <= Math.Max(scan.Last, Guessed - 1); i++)
            {
                _openBefore[index, i] = _scans > 1 ? _open[index, i] : 0;
            }

            for (var i = scan.First; i <= scan.Last; i++)
            {
                _open[index, i] = scan.LowBit;
            }
        }
    }
}
