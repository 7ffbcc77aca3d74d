using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>An image in several scans: coefficients are gathered from all of them and transformed at the end.</summary>
internal sealed class JpegScans(JpegInput input, JpegSegments segments)
{
    /// <summary>Files of more scans exist only to keep decoders busy.</summary>
    private const int MaxScans = 500;

    private readonly JpegFrame _frame = segments.Frame!;
    private readonly ScanProgress _progress = new(segments.Frame!.Components.Length);

    /// <summary>Decodes all scans into a picture.</summary>
    /// <param name="scan">The first.</param>
    /// <param name="picture">Receives the pixels.</param>
    public void Decode(JpegScan? scan, JpegPicture picture)
    {
        foreach (var component in _frame.Components)
        {
            component.AllocateCoefficients();
        }

        for (var count = 1; scan is not null; count++)
        {
            if (count > MaxScans)
            {
                throw new ImageFormatException($"it has more than {MaxScans} scans");
            }

            Decode(scan);
            scan = segments.Next();
        }

        var smoothing = _frame.IsProgressive && BlockSmoothing.IsUseful(_progress, _frame) ? new BlockSmoothing(_progress, _frame.McuRows) : null;
        for (var row = 0; row < _frame.McuRows; row++)
        {
            foreach (var component in _frame.Components)
            {
                Transform(component, row, smoothing, picture.BandOf(component));
            }

            picture.Finish(row);
        }
    }

    private void Decode(JpegScan scan)
    {
        var decoder = EntropyDecoders.Create(input, segments, scan);
        if (_frame.IsProgressive)
        {
            _progress.Begin(scan);
        }

        if (scan.IsInterleaved)
        {
            DecodeInterleaved(scan, decoder);
            return;
        }

        var component = scan.Components[0].Component;
        var coefficients = component.Coefficients;
        var blocks = component.WidthInBlocks * component.HeightInBlocks;
        for (var i = 0; i < blocks; i++)
        {
            if (decoder.HasData)
            {
                _progress.LastGoodRow = i / component.WidthInBlocks / component.Vertical;
            }

            if (decoder.BeginMcu())
            {
                decoder.DecodeBlock(ref coefficients[i * JpegBlock.Length], 0);
            }
        }
    }

    private void DecodeInterleaved(JpegScan scan, EntropyDecoder decoder)
    {
        // What fills up the last MCUs is no part of the picture.
        Span<short> unused = stackalloc short[JpegBlock.Length];
        for (var i = 0; i < _frame.McuRows * _frame.McusPerRow; i++)
        {
            var (y, x) = Math.DivRem(i, _frame.McusPerRow);
            if (decoder.HasData)
            {
                _progress.LastGoodRow = y;
            }

            if (!decoder.BeginMcu())
            {
                continue;
            }

            for (var number = 0; number < scan.Components.Length; number++)
            {
                var component = scan.Components[number].Component;
                for (var down = 0; down < component.Vertical; down++)
                {
                    for (var across = 0; across < component.Horizontal; across++)
                    {
                        int blockX = x * component.Horizontal + across, blockY = y * component.Vertical + down;
                        var isInside = blockX < component.WidthInBlocks && blockY < component.HeightInBlocks;
                        decoder.DecodeBlock(
                            ref isInside
                                ? ref component.Coefficients[(blockY * component.WidthInBlocks + blockX) * JpegBlock.Length]
                                : ref MemoryMarshal.GetReference(unused),
                            number);
                    }
                }
            }
        }
    }

    private static void Transform(JpegComponent component, int row, BlockSmoothing? smoothing, SampleBand band)
    {
        Span<short> block = stackalloc short[JpegBlock.Length];
        var end = Math.Min((row + 1) * component.Vertical, component.HeightInBlocks);
        for (var y = row * component.Vertical; y < end; y++)
        {
            for (var x = 0; x < component.WidthInBlocks; x++)
            {
                if (smoothing is null)
                {
                    band.Transform(x, y, component.Coefficients.AsSpan((y * component.WidthInBlocks + x) * JpegBlock.Length, JpegBlock.Length));
                }
                else
                {
                    smoothing.Fill(component, row, x, y, block);
                    band.Transform(x, y, block);
                }
            }
        }
    }
}
