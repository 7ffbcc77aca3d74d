using System.Buffers;
using DenseNetSharp.Files;
using DenseNetSharp.Images.Formats.Png;

namespace DenseNetSharp.Images;

/// <summary>An image of 8-bit RGB pixels, what Pillow calls mode "RGB".</summary>
public sealed class RgbImage
{
    /// <summary>The most bytes that are rented: more would be rounded up to twice as many, and kept for few.</summary>
    internal const int MostRentedBytes = 64 << 20;

    private readonly bool _isRented;

    /// <summary>Wraps pixels that are already in memory; no copy is made.</summary>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <param name="pixels"><c>[height, width, 3]</c>: red, green, blue, row after row from the top.</param>
    /// <exception cref="ArgumentException">A side is not positive, or the pixels are not width x height x 3 bytes.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != 3L * width * height)
        {
            throw new ArgumentException(
                $"{width}x{height} RGB pixels are {3L * width * height} bytes, not {pixels.Length}.", nameof(pixels));
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    private RgbImage(int width, int height, byte[] pixels, bool isRented) => (Width, Height, Pixels, _isRented) = (width, height, pixels, isRented);

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, <c>[Height, Width, 3]</c>: red, green, blue, row by row from the top. Not a copy.</summary>
    public byte[] Pixels { get; private set; }

    /// <summary>Reads and decodes an image file; its content, not its name, decides the format.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits; null for <see cref="ImageDecodeOptions.Default"/>.</param>
    /// <returns>The pixels that Pillow's <c>Image.open(path).convert("RGB")</c> gives. EXIF orientation is not applied.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    public static RgbImage Load(string path, ImageDecodeOptions? options = null)
    {
        using var file = Open(path, options);
        try
        {
            return file.Decode();
        }
        catch (ImageFormatException exception)
        {
            throw exception.InFile(path);
        }
    }

    /// <summary>Reads an image file without a thread that waits for the disk, and decodes it on the thread that goes on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits; null for <see cref="ImageDecodeOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The pixels, as <see cref="Load(string, ImageDecodeOptions?)"/> gives them.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<RgbImage> LoadAsync(
        string path, ImageDecodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireImageFile(path);
        var stream = new FileStream(
            path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, Options = FileOptions.Asynchronous });
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await LoadAsync(stream, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ImageFormatException exception)
            {
                throw exception.InFile(path);
            }
        }
    }

    /// <summary>Reads a stream to its end and decodes it as one image.</summary>
    /// <param name="stream">A readable stream; it is not disposed.</param>
    /// <param name="options">Limits; null for <see cref="ImageDecodeOptions.Default"/>.</param>
    /// <returns>The pixels.</returns>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    public static RgbImage Load(Stream stream, ImageDecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var file = EncodedImage.Read(stream, options ?? ImageDecodeOptions.Default);
        return file.Decode();
    }

    /// <summary>Reads a stream to its end, asynchronously only, as a web request's body demands, and decodes it as one image on
    /// the thread that goes on.</summary>
    /// <param name="stream">A readable stream; it is not disposed.</param>
    /// <param name="options">Limits; null for <see cref="ImageDecodeOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The pixels.</returns>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<RgbImage> LoadAsync(
        Stream stream, ImageDecodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var file = await EncodedImage.ReadAsync(stream, options ?? ImageDecodeOptions.Default, cancellationToken).ConfigureAwait(false);
        return file.Decode();
    }

    /// <summary>Decodes an image that is already in memory.</summary>
    /// <param name="file">The bytes of a whole image file.</param>
    /// <param name="options">Limits; null for <see cref="ImageDecodeOptions.Default"/>.</param>
    /// <returns>The pixels.</returns>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions? options = null) =>
        ImageDecoders.Find(file[..Math.Min(EncodedImage.HeaderLength, file.Length)])
            .Decode(file, options ?? ImageDecodeOptions.Default);

    /// <summary>Makes an image of three equal channels, as Pillow's conversion from mode "L" does.</summary>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <param name="gray"><c>[height, width]</c>, row after row from the top.</param>
    /// <returns>The image.</returns>
    /// <exception cref="ArgumentException">A side is not positive, or there are not width x height values.</exception>
    public static RgbImage FromGray(int width, int height, ReadOnlySpan<byte> gray)
    {
        if (gray.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"{width}x{height} gray pixels are {(long)width * height} bytes, not {gray.Length}.", nameof(gray));
        }

        var pixels = new byte[3 * gray.Length];
        for (var i = 0; i < gray.Length; i++)
        {
            pixels.AsSpan(3 * i, 3).Fill(gray[i]);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The image's luma, as Pillow's <c>convert("L")</c> computes it (ITU-R 601-2 in 16-bit fixed point).</summary>
    /// <returns><c>[Height, Width]</c>, row after row from the top.</returns>
    public byte[] ToGray()
    {
        var gray = new byte[Width * Height];
        ReadOnlySpan<byte> rgb = Pixels;
        for (var i = 0; i < gray.Length; i++)
        {
            var pixel = rgb.Slice(3 * i, 3);
            gray[i] = (byte)((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
        }

        return gray;
    }

    /// <summary>Writes the image as a PNG file: one channel where all pixels are gray, else three; 8 bits each.</summary>
    /// <param name="path">The file, which appears complete or not at all: a temporary file is written and moved.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path) => AtomicFile.Write(path, SavePng);

    /// <summary>Writes the image as a PNG: one channel where all pixels are gray, else three; 8 bits each.</summary>
    /// <param name="stream">A writable stream; it is not disposed.</param>
    public void SavePng(Stream stream) => PngWriter.Write(this, stream);

    /// <summary>A black image, to be filled.</summary>
    internal static RgbImage Create(int width, int height) => new(width, height, new byte[3 * width * height]);

    /// <summary>The same in memory that is used again, up to <see cref="MostRentedBytes"/>. Its <see cref="Pixels"/> may be longer than
    /// the image, so that it is only for code of this library, which knows.</summary>
    internal static RgbImage Rent(int width, int height)
    {
        if (3 * width * height > MostRentedBytes)
        {
            return Create(width, height);
        }

        var pixels = ArrayPool<byte>.Shared.Rent(3 * width * height);
        // Nobody is to see another's pixels, whatever a decoder leaves out.
        Array.Clear(pixels);
        return new RgbImage(width, height, pixels, isRented: true);
    }

    /// <summary>A black image in memory of the same kind.</summary>
    internal RgbImage CreateLike(int width, int height) => _isRented ? Rent(width, height) : Create(width, height);

    /// <summary>Gives rented memory back, and does nothing with other: the image is of no use any more.</summary>
    internal void Recycle()
    {
        if (_isRented && Pixels.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Pixels);
            Pixels = [];
        }
    }

    /// <summary>Reads an image file for a caller who gives the memory back, <see cref="Recycle"/>.</summary>
    /// <inheritdoc cref="Load(string, ImageDecodeOptions?)"/>
    internal static RgbImage LoadRented(string path, ImageDecodeOptions? options)
    {
        using var file = Open(path, options);
        try
        {
            return file.DecodeRented();
        }
        catch (ImageFormatException exception)
        {
            throw exception.InFile(path);
        }
    }

    /// <summary>Decodes an image for a caller who gives the memory back, <see cref="Recycle"/>.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, ImageDecodeOptions?)"/>
    internal static RgbImage DecodeRented(ReadOnlySpan<byte> file, ImageDecodeOptions? options) =>
        ImageDecoders.Find(file[..Math.Min(EncodedImage.HeaderLength, file.Length)]).DecodeRented(file, options ?? ImageDecodeOptions.Default);

    private static EncodedImage Open(string path, ImageDecodeOptions? options)
    {
        RequireImageFile(path);
        using var stream = File.OpenRead(path);
        try
        {
            return EncodedImage.Read(stream, options ?? ImageDecodeOptions.Default);
        }
        catch (ImageFormatException exception)
        {
            throw exception.InFile(path);
        }
    }

    private static void RequireImageFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"{path} is a folder, not an image file.");
        }

        if (LinkedFile.Resolve(path) is { Exists: true, Length: 0 })
        {
            // To open a pipe is to wait for whoever writes to it.
            throw new ImageFormatException("it is empty, or a pipe or device, to be read as a stream").InFile(path);
        }
    }
}
