using System.Text.Json;
using DenseNetSharp.Files;

namespace DenseNetSharp.Cli.Output;

/// <summary>A file of results, a line of JSON an image, each there as soon as it is known. Who opens the file again goes on with it: a line
/// that was half written is cut off, and lines of images that had an error are taken out, so that those are tried once more.</summary>
internal sealed class ResultLines : IDisposable
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly FileLock _lock;
    private readonly FileStream _stream;

    private ResultLines(string path, ResultSettings settings, FileLock fileLock, Action<string, JsonElement> onLine)
    {
        (FileName, _lock) = (path, fileLock);
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        AtomicFile.RemoveLeftovers(folder, target => target == name || target == ResultSettings.FileBeside(name));
        if (File.Exists(path) && new FileInfo(path).Length > 0)
        {
            settings.RequireSame(path, ResultSettings.LoadBeside(path));
            CutHalfLine(path);
            TakeOutErrors(path, onLine);
        }
        else
        {
            settings.SaveBeside(path);
        }

        Before = _known.Count;
        // A line is written at once, by one call: no buffer that a killed process would take along.
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>The file.</summary>
    public string FileName { get; }

    /// <summary>How many images had their line already.</summary>
    public int Before { get; }

    /// <summary>How many have one.</summary>
    public int Count => _known.Count;

    /// <summary>How many of them have an error in it.</summary>
    public int Failed { get; private set; }

    /// <summary>What stops the work when somebody asks for it.</summary>
    public StoppedException Stopped => new($"stopped; the same command goes on with {FileName}.");

    /// <summary>Opens a file of lines, or begins it, and says on standard error which.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What makes the lines.</param>
    /// <param name="onLine">Told of each image that has its line already, and of the line; null if nobody wants to know.</param>
    /// <exception cref="InvalidDataException">Its lines were made otherwise, or are none.</exception>
    /// <exception cref="IOException">It cannot be written, or another process writes it.</exception>
    public static ResultLines Open(string path, ResultSettings settings, Action<string, JsonElement>? onLine = null)
    {
        var fileLock = FileLock.TryAcquire($"{path}.lock") ?? throw new IOException($"{path} is being written by another process.");
        try
        {
            var lines = new ResultLines(path, settings, fileLock, onLine ?? ((_, _) => { }));
            if (lines.Before > 0)
            {
                Console.Error.WriteLine($"densenet: going on with {Terminal.Printable(path)} after {lines.Before} images");
            }

            return lines;
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    /// <summary>Reads the lines of a file, without one at its end that is half written.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Each line as it is, the image it is of, and what it says.</returns>
    /// <exception cref="InvalidDataException">A line is none of an image's.</exception>
    public static IEnumerable<(string Text, string Image, JsonElement Content)> Read(string path)
    {
        var isWhole = EndsWhole(path);
        using var lines = File.ReadLines(path).GetEnumerator();
        var isThere = lines.MoveNext();
        for (var i = 1; isThere; i++)
        {
            var text = lines.Current;
            isThere = lines.MoveNext();
            if (!isThere && !isWhole)
            {
                yield break;
            }

            JsonElement content;
            try
            {
                using var document = JsonDocument.Parse(text);
                content = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                content = default;
            }

            yield return content.ValueKind == JsonValueKind.Object && content.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String
                ? (text, image.GetString()!, content)
                : throw new InvalidDataException($"{path}: line {i} is no result of an image.");
        }
    }

    /// <summary>Whether a line says what is wrong with its image.</summary>
    public static bool IsError(JsonElement content) => content.TryGetProperty("error", out _);

    /// <summary>Whether an image has its line.</summary>
    public bool Has(string image) => _known.Contains(image);

    /// <summary>Adds an image's line.</summary>
    /// <param name="image">The image.</param>
    /// <param name="content">What the line says; its <c>image</c> is the image.</param>
    /// <param name="isError">Whether it says what is wrong with the image.</param>
    public void Add<T>(string image, T content, bool isError)
    {
        _stream.Write(JsonOutput.Line(content));
        _known.Add(image);
        Failed += isError ? 1 : 0;
    }

    /// <summary>Says how many lines the file has.</summary>
    /// <param name="asJson">Whether as JSON.</param>
    public void Report(bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Write(new { @out = FileName, images = Count, before = Before, failed = Failed });
        }
        else
        {
            Console.Out.WriteLine(
                $"{FileName}: {Count} images{(Before > 0 ? $", {Before} of them from before" : "")}{(Failed > 0 ? $", {Failed} without a result" : "")}");
        }
    }

    public void Dispose()
    {
        // The disk has it before anybody is told that all is done.
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        _lock.Dispose();
    }

    private static bool EndsWhole(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(-Math.Min(stream.Length, 1), SeekOrigin.End);
        return stream.ReadByte() == '\n';
    }

    /// <summary>Cuts off what follows the last end of a line.</summary>
    private static void CutHalfLine(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var buffer = new byte[1 << 16];
        for (var end = stream.Length; end > 0;)
        {
            var start = Math.Max(end - buffer.Length, 0);
            var part = buffer.AsSpan(0, (int)(end - start));
            stream.Position = start;
            stream.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is var place and >= 0)
            {
                stream.SetLength(start + place + 1);
                return;
            }

            end = start;
        }

        stream.SetLength(0);
    }

    private void TakeOutErrors(string path, Action<string, JsonElement> onLine)
    {
        var errors = 0;
        foreach (var (_, image, content) in Read(path))
        {
            if (IsError(content))
            {
                errors++;
            }
            else if (_known.Add(image))
            {
                onLine(image, content);
            }
        }

        if (errors == 0)
        {
            return;
        }

        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (var line in Read(path).Where(line => !IsError(line.Content)))
            {
                text.WriteLine(line.Text);
            }
        });
    }
}
