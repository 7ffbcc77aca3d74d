using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>A sequential image in one scan: each block is transformed as soon as it is decoded.</summary>
internal static class SingleScan
{
    /// <summary>Decodes the scan into a picture.</summary>
    public static void Decode(JpegInput input, JpegSegments segments, JpegScan scan, JpegPicture picture)
    {
        var frame = segments.Frame!;
        var decoder = EntropyDecoders.Create(input, segments, scan);
        Span<short> block = stackalloc short[JpegBlock.Length];
        for (var row = 0; row < frame.McuRows; row++)
        {
            if (scan.IsInterleaved)
            {
                DecodeRow(frame, scan, decoder, row, picture, ref MemoryMarshal.GetReference(block));
            }
            else
            {
                DecodeSeparateRow(scan, decoder, row, picture, ref MemoryMarshal.GetReference(block));
            }

            picture.Finish(row);
        }

        CheckEnd(input, segments, isWhole: !decoder.HasGaps && !decoder.IsExhausted);
    }

    /// <summary>Reads what comes after the data. It may be missing, unless they lack something: then the file is cut.</summary>
    private static void CheckEnd(JpegInput input, JpegSegments segments, bool isWhole)
    {
        try
        {
            if (segments.Next() is null)
            {
                return;
            }
        }
        catch (ImageFormatException) when (isWhole && input.HasEnded)
        {
            return;
        }

        throw new ImageFormatException("a second scan follows where the image should end");
    }

    private static void DecodeRow(
        JpegFrame frame, JpegScan scan, EntropyDecoder decoder, int row, JpegPicture picture, ref short block)
    {
        ulong nonzero = 0;
        for (var x = 0; x < frame.McusPerRow; x++)
        {
            var hasData = decoder.BeginMcu();
            for (var i = 0; i < scan.Components.Length; i++)
            {
                var component = scan.Components[i].Component;
                var band = picture.BandOf(component);
                for (var down = 0; down < component.Vertical; down++)
                {
                    for (var across = 0; across < component.Horizontal; across++)
                    {
                        Clear(ref block);
                        var hasAc = hasData && decoder.DecodeBlock(ref block, ref nonzero, i);
                        int blockX = x * component.Horizontal + across, blockY = row * component.Vertical + down;
                        if (blockX < component.WidthInBlocks && blockY < component.HeightInBlocks)
                        {
                            band.Transform(blockX, blockY, ref block, hasAc);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Where there is one component, its blocks come row by row.</summary>
    private static void DecodeSeparateRow(JpegScan scan, EntropyDecoder decoder, int row, JpegPicture picture, ref short block)
    {
        var component = scan.Components[0].Component;
        var band = picture.BandOf(component);
        ulong nonzero = 0;
        var end = Math.Min((row + 1) * component.Vertical, component.HeightInBlocks);
        for (var y = row * component.Vertical; y < end; y++)
        {
            for (var x = 0; x < component.WidthInBlocks; x++)
            {
                Clear(ref block);
                var hasAc = decoder.BeginMcu() && decoder.DecodeBlock(ref block, ref nonzero, 0);
                band.Transform(x, y, ref block, hasAc);
            }
        }
    }

    private static void Clear(ref short block) => MemoryMarshal.CreateSpan(ref block, JpegBlock.Length).Clear();
}
