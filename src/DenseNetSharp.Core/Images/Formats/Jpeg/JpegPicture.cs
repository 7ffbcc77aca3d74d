namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Makes pixels of blocks, one row of MCUs after another, while they are in the processor's cache.</summary>
internal sealed class JpegPicture : IDisposable
{
    private readonly JpegFrame _frame;
    private readonly JpegColorSpace _space;
    private readonly Upsampler[] _upsamplers;
    private readonly SampleBand[] _bands;
    private readonly bool _needsContext;
    private int _row;

    /// <summary>Takes memory for the pixels.</summary>
    public JpegPicture(JpegFrame frame, JpegColorSpace space, Func<int, int, RgbImage> newImage)
    {
        (_frame, _space) = (frame, space);
        _upsamplers = Array.ConvertAll(frame.Components, component => new Upsampler(component, frame));
        _needsContext = Array.Exists(_upsamplers, upsampler => upsampler.NeedsContext);
        _bands = new SampleBand[frame.Components.Length];
        for (var i = 0; i < _bands.Length; i++)
        {
            _bands[i] = new SampleBand(frame.Components[i], _needsContext ? _upsamplers[i].RowsKept : 0);
        }

        Image = newImage(frame.OutputWidth, frame.OutputHeight);
    }

    /// <summary>The image, as far as its rows are finished.</summary>
    public RgbImage Image { get; }

    /// <summary>The samples of a component in the current row of MCUs.</summary>
    public SampleBand BandOf(JpegComponent component) => _bands[component.Index];

    /// <summary>Writes the pixels that the current row of MCUs completes, and goes on to the next.</summary>
    /// <param name="mcuRow">The current row.</param>
    public void Finish(int mcuRow)
    {
        var end = (mcuRow + 1) * _frame.MaxVertical * _frame.BlockSize - (_needsContext ? _frame.MaxVertical : 0);
        if (mcuRow == _frame.McuRows - 1)
        {
            end = _frame.OutputHeight;
        }

        var length = 3 * _frame.OutputWidth;
        for (; _row < Math.Min(end, _frame.OutputHeight); _row++)
        {
            var first = RowOf(0);
            var rgb = Image.Pixels.AsSpan(_row * length, length);
            if (_bands.Length == 1)
            {
                JpegColor.ToRgb(_space, first, first, first, first, rgb);
            }
            else
            {
                JpegColor.ToRgb(_space, first, RowOf(1), RowOf(2), _bands.Length == 4 ? RowOf(3) : first, rgb);
            }
        }

        foreach (var band in _bands)
        {
            band.Advance();
        }
    }

    public void Dispose()
    {
        foreach (var upsampler in _upsamplers)
        {
            upsampler.Dispose();
        }

        foreach (var band in _bands)
        {
            band.Dispose();
        }
    }

    private ReadOnlySpan<byte> RowOf(int component) => _upsamplers[component].Row(_bands[component], _row);
}
