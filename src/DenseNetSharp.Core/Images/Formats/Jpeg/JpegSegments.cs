using DenseNetSharp.Images.Formats.Exif;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Walks through a JPEG's marker segments from scan to scan and keeps what they say (ITU T.81, B.2).</summary>
/// <param name="input">The file, after its start-of-image marker.</param>
internal sealed class JpegSegments(JpegInput input)
{
    private bool _hasExif;

    /// <summary>The frame, once its header has been read.</summary>
    public JpegFrame? Frame { get; private set; }

    /// <summary>The tables as they are for the current scan.</summary>
    public JpegTables Tables { get; } = new();

    /// <summary>Whether there is JFIF's segment, which says that three components are YCbCr.</summary>
    public bool HasJfif { get; private set; }

    /// <summary>The color transform that Adobe's segment names; null without it.</summary>
    public int? AdobeTransform { get; private set; }

    /// <summary>The EXIF orientation; of several segments, Pillow believes the first.</summary>
    public Transposition Orientation { get; private set; } = Transposition.None;

    /// <summary>Goes to the next scan.</summary>
    /// <returns>Null where the image ends.</returns>
    public JpegScan? Next()
    {
        while (true)
        {
            if (input.Marker == 0)
            {
                input.FindMarker();
            }

            var marker = input.Marker;
            input.Marker = 0;
            switch (marker)
            {
                case JpegMarker.StartOfScan:
                    var frame = Frame ?? throw new ImageFormatException("it has no JPEG frame header before its first scan");
                    return JpegScan.Parse(input.ReadSegment(), frame);
                case JpegMarker.EndOfImage:
                    return null;
                default:
                    Read(marker);
                    break;
            }
        }
    }

    private void Read(byte marker)
    {
        switch (marker)
        {
            case JpegMarker.HuffmanTables:
                Tables.ReadHuffman(input.ReadSegment());
                break;
            case JpegMarker.ArithmeticConditioning:
                Tables.Conditioning.Read(input.ReadSegment());
                break;
            case JpegMarker.QuantizationTables:
                Tables.ReadQuantization(input.ReadSegment());
                break;
            case JpegMarker.RestartInterval:
                Tables.ReadRestartInterval(input.ReadSegment());
                break;
            case >= JpegMarker.StartOfFrame and <= JpegMarker.LastFrame when marker != JpegMarker.Extension:
                Frame = Frame is null
                    ? JpegFrame.Parse(marker, input.ReadSegment())
                    : throw new ImageFormatException("it has two JPEG frame headers");
                break;
            case >= JpegMarker.Application0 and <= JpegMarker.Application15:
                ReadApplication(marker, input.ReadSegment(mayLackLength: true));
                break;
            case JpegMarker.Comment or JpegMarker.NumberOfLines:
                input.ReadSegment(mayLackLength: true);
                break;
            case JpegMarker.Temporary or (>= JpegMarker.FirstRestart and <= JpegMarker.LastRestart):
                break;
            default:
                throw new ImageFormatException($"a marker {marker:x2} stands in it where none may");
        }
    }

    private void ReadApplication(byte marker, ReadOnlySpan<byte> segment)
    {
        const int shortestJfif = 14, shortestAdobe = 12, placeOfTransform = 11;
        switch (marker)
        {
            case JpegMarker.Application0 when segment.Length >= shortestJfif && segment.StartsWith("JFIF\0"u8):
                HasJfif = true;
                break;
            case JpegMarker.Application14 when segment.Length >= shortestAdobe && segment.StartsWith("Adobe"u8):
                AdobeTransform = segment[placeOfTransform];
                break;
            case JpegMarker.Application1 when !_hasExif && segment.StartsWith("Exif\0"u8):
                _hasExif = true;
                Orientation = ExifOrientation.Read(segment);
                break;
        }
    }
}
