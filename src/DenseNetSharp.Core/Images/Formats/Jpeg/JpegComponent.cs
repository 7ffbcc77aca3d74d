namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>A component of a frame (ITU T.81, A.1.1): luma, a chroma or an ink.</summary>
/// <param name="Index">Its place in the frame header.</param>
/// <param name="Id">What scans call it.</param>
/// <param name="Horizontal">Its horizontal sampling factor.</param>
/// <param name="Vertical">Its vertical sampling factor.</param>
/// <param name="QuantizationTable">The number of its table.</param>
internal sealed record JpegComponent(int Index, byte Id, int Horizontal, int Vertical, int QuantizationTable)
{
    /// <summary>How many blocks hold the picture's width.</summary>
    public int WidthInBlocks { get; private set; }

    /// <summary>How many blocks hold the picture's height.</summary>
    public int HeightInBlocks { get; private set; }

    /// <summary>The samples a side that a block becomes: 8, 4, 2 or 1.</summary>
    public int BlockSize { get; private set; }

    /// <summary>The samples across that belong to the picture, after the transform.</summary>
    public int Width { get; private set; }

    /// <summary>The samples down that belong to the picture.</summary>
    public int Height { get; private set; }

    /// <summary>The quantization table as it was when the component's first scan began, in rows; null before that.</summary>
    public short[]? Quantization { get; private set; }

    /// <summary>All coefficients, block by block, where several scans bring them; else empty.</summary>
    public short[] Coefficients { get; private set; } = [];

    /// <summary>Keeps the quantization table as it is now, unless an earlier scan has.</summary>
    public void KeepQuantization(JpegTables tables) =>
        Quantization ??= (QuantizationTable < tables.Quantization.Length ? tables.Quantization[QuantizationTable] : null)
            ?? throw new ImageFormatException($"component {Index} uses quantization table {QuantizationTable}, which is not defined");

    /// <summary>For each of those blocks a bit for each coefficient, in zig-zag order, that is not zero; kept for progressive Huffman codes.</summary>
    public ulong[] Nonzero { get; private set; } = [];

    public void AllocateCoefficients()
    {
        var length = (long)WidthInBlocks * HeightInBlocks * JpegBlock.Length;
        Coefficients = length <= Array.MaxLength
            ? new short[length]
            : throw new ImageFormatException($"the {WidthInBlocks}x{HeightInBlocks} blocks of a component do not fit in one array");
        Nonzero = new ulong[WidthInBlocks * HeightInBlocks];
    }

    /// <summary>Finds the sizes that depend on the frame.</summary>
    public void Measure(JpegFrame frame)
    {
        WidthInBlocks = JpegFrame.DivideUp(frame.Width * Horizontal, frame.MaxHorizontal * JpegBlock.Side);
        HeightInBlocks = JpegFrame.DivideUp(frame.Height * Vertical, frame.MaxVertical * JpegBlock.Side);

        // In a reduced picture, a component of fewer samples is reduced less instead of being upsampled again.
        BlockSize = frame.BlockSize;
        while (BlockSize < JpegBlock.Side
            && frame.MaxHorizontal * frame.BlockSize % (2 * Horizontal * BlockSize) == 0
            && frame.MaxVertical * frame.BlockSize % (2 * Vertical * BlockSize) == 0)
        {
            BlockSize *= 2;
        }

        Width = JpegFrame.DivideUp(frame.Width * Horizontal * BlockSize, frame.MaxHorizontal * JpegBlock.Side);
        Height = JpegFrame.DivideUp(frame.Height * Vertical * BlockSize, frame.MaxVertical * JpegBlock.Side);
    }
}
