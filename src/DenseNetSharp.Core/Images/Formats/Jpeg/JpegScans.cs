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
        for (var y = 0; y < component.HeightInBlocks; y++)
        {
            DecodeRow(decoder, component, y);
        }
    }

    private void DecodeRow(EntropyDecoder decoder, JpegComponent component, int y)
    {
        var hasData = false;
        int first = y * component.WidthInBlocks, end = first + component.WidthInBlocks;
        for (var i = first; i < end; i++)
        {
            hasData = hasData || decoder.HasData;
            if (decoder.BeginMcu())
            {
                decoder.DecodeBlock(ref component.Coefficients[i * JpegBlock.Length], ref component.Nonzero[i], 0);
            }
        }

        Note(hasData, y / component.Vertical);
    }

    private void DecodeInterleaved(JpegScan scan, EntropyDecoder decoder)
    {
        for (var y = 0; y < _frame.McuRows; y++)
        {
            var hasData = false;
            for (var x = 0; x < _frame.McusPerRow; x++)
            {
                hasData = hasData || decoder.HasData;
                if (decoder.BeginMcu())
                {
                    DecodeMcu(scan, decoder, x, y);
                }
            }

            Note(hasData, y);
        }
    }

    private static void DecodeMcu(JpegScan scan, EntropyDecoder decoder, int x, int y)
    {
        // What fills up the last MCUs is no part of the picture.
        Span<short> unused = stackalloc short[JpegBlock.Length];
        ulong nonzero = 0;
        for (var number = 0; number < scan.Components.Length; number++)
        {
            var component = scan.Components[number].Component;
            for (var down = 0; down < component.Vertical; down++)
            {
                for (var across = 0; across < component.Horizontal; across++)
                {
                    int blockX = x * component.Horizontal + across, blockY = y * component.Vertical + down;
                    if (blockX < component.WidthInBlocks && blockY < component.HeightInBlocks)
                    {
                        var i = blockY * component.WidthInBlocks + blockX;
                        decoder.DecodeBlock(ref component.Coefficients[i * JpegBlock.Length], ref component.Nonzero[i], number);
                    }
                    else
                    {
                        decoder.DecodeBlock(ref MemoryMarshal.GetReference(unused), ref nonzero, number);
                    }
                }
            }
        }
    }

    /// <summary>Keeps how far a scan's data reach.</summary>
    private void Note(bool hasData, int mcuRow)
    {
        if (hasData)
        {
            _progress.LastGoodRow = mcuRow;
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
