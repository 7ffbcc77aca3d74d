namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Starts scans.</summary>
internal static class EntropyDecoders
{
    /// <summary>Makes the decoder that a scan needs, and keeps the quantization tables of components whose first scan it is.</summary>
    public static EntropyDecoder Create(JpegInput input, JpegSegments segments, JpegScan scan)
    {
        var (frame, tables) = (segments.Frame!, segments.Tables);
        foreach (var component in scan.Components)
        {
            component.Component.KeepQuantization(tables);
        }

        if (frame.IsProgressive)
        {
            CheckProgression(scan);
        }

        return frame switch
        {
            { IsArithmetic: true } => new ArithmeticDecoder(input, scan, tables, frame.IsProgressive),
            { IsProgressive: true } => new ProgressiveHuffmanDecoder(input, scan, tables),
            _ => new SequentialHuffmanDecoder(input, scan, tables),
        };
    }

    private static void CheckProgression(JpegScan scan)
    {
        const int greatestBit = 13;
        var isBand = scan.First == 0 ? scan.Last == 0 : scan.Last >= scan.First && scan.Last < JpegBlock.Length && !scan.IsInterleaved;
        if (!isBand || scan.LowBit > greatestBit || (scan.HighBit > 0 && scan.LowBit != scan.HighBit - 1))
        {
            throw new ImageFormatException(
                $"one of its scans has coefficients {scan.First} to {scan.Last}, bits {scan.HighBit} to {scan.LowBit}, " +
                $"of {scan.Components.Length} components, " +
                "which cannot be");
        }
    }
}
