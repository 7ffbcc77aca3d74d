using BitMiracle.LibTiff.Classic;

namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>A TIFF image's samples as LibTiff unpacks them, strip after strip or tile after tile, planes put together.</summary>
internal sealed class TiffSamples : IDisposable
{
    private readonly List<BitMiracle.LibTiff.Classic.Tiff> _planes = [];
    private readonly byte[][] _buffers;
    private readonly int _sampleLength;
    private readonly bool _isTiled;

    /// <param name="file">What <see cref="TiffPlaneFile"/> wrote.</param>
    /// <param name="image">What it contains.</param>
    public TiffSamples(byte[] file, TiffImage image)
    {
        var length = (int)(image.PlaneLayout.RowLength(image.Blocks.Width) * image.Blocks.Height);
        _isTiled = image.Blocks.IsTiled;
        _sampleLength = image.Layout.Bits / 8;
        for (short plane = 0; plane < image.Planes; plane++)
        {
            var planeNumber = plane;
            _planes.Add(TiffErrors.Quietly(() => Open(file, planeNumber)));
            if (TiffErrors.Quietly(() => image.Blocks.IsTiled ? _planes[planeNumber].TileSize() : _planes[planeNumber].StripSize()) != length)
            {
                throw TiffErrors.Corrupt();
            }
        }

        _buffers = [.. _planes.Select(_ => new byte[length])];
        Buffer = image.Planes == 1 ? _buffers[0] : new byte[length * image.Planes];
    }

    /// <summary>The samples that were read last, those of a pixel together.</summary>
    public byte[] Buffer { get; }

    /// <summary>Reads a strip or a tile.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="length">How many bytes of it are stored in each plane; the rest of the buffer is left as it is.</param>
    public void Read(int block, int length)
    {
        for (var i = 0; i < _planes.Count; i++)
        {
            var (plane, buffer) = (_planes[i], _buffers[i]);
            var read = TiffErrors.Quietly(() => _isTiled
                ? plane.ReadEncodedTile(block, buffer, 0, length)
                : plane.ReadEncodedStrip(block, buffer, 0, length));
            if (read != length)
            {
                throw TiffErrors.Corrupt();
            }
        }

        if (_planes.Count == 1)
        {
            return;
        }

        for (var plane = 0; plane < _planes.Count; plane++)
        {
            var step = _sampleLength * _planes.Count;
            ReadOnlySpan<byte> buffer = _buffers[plane].AsSpan(0, length);
            for (int from = 0, to = plane * _sampleLength; from < buffer.Length; from += _sampleLength, to += step)
            {
                buffer.Slice(from, _sampleLength).CopyTo(Buffer.AsSpan(to));
            }
        }
    }

    public void Dispose() => _planes.ForEach(plane => plane.Dispose());

    private static BitMiracle.LibTiff.Classic.Tiff Open(byte[] file, short plane)
    {
        // The mode's c: strips as they are.
        var tiff = BitMiracle.LibTiff.Classic.Tiff.ClientOpen("", "rc", new MemoryStream(file, writable: false), new TiffStream());
        if (tiff is null || !tiff.SetDirectory(plane))
        {
            throw TiffErrors.Corrupt();
        }

        // JPEG's colors as they are stored: LibTiff's own conversion rounds differently from libjpeg's.
        tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RAW);
        return tiff;
    }
}
