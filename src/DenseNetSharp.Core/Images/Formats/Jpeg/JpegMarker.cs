namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The markers, without their 0xFF (ITU T.81, table B.1).</summary>
internal static class JpegMarker
{
    public const byte
        Temporary = 0x01,
        StartOfFrame = 0xC0, HuffmanTables = 0xC4, Extension = 0xC8, ArithmeticConditioning = 0xCC, LastFrame = 0xCF,
        FirstRestart = 0xD0, LastRestart = 0xD7,
        StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA,
        QuantizationTables = 0xDB, NumberOfLines = 0xDC, RestartInterval = 0xDD,
        Application0 = 0xE0, Application1 = 0xE1, Application14 = 0xEE, Application15 = 0xEF,
        Comment = 0xFE;
}
