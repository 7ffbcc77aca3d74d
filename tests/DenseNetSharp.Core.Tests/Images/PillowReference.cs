using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>One Python process with Pillow and torchvision, kept for all tests, that evaluates what they send it.</summary>
public sealed class PillowReference : IDisposable
{
    // Requests and replies are a 4-byte length and that many bytes; a reply begins with one byte, 0 for an exception.
    private const string Server = """
        import io, os, struct, sys, warnings, zlib
        warnings.simplefilter("ignore")
        import numpy as np
        import PIL
        from PIL import Image
        import torch, torchvision
        torch.set_num_threads(1)
        replies = os.fdopen(os.dup(1), "wb")
        sys.stdout = sys.stderr

        def reply(good, data):
            replies.write(struct.pack(">IB", len(data) + 1, good) + data)
            replies.flush()

        reply(1, f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}".encode())
        while header := sys.stdin.buffer.read(4):
            code = sys.stdin.buffer.read(struct.unpack(">I", header)[0]).decode()
            scope = dict(globals())
            try:
                exec(code, scope)
                result = scope.get("result", b"")
                reply(1, result if isinstance(result, bytes) else str(result).encode())
            except BaseException as exception:
                reply(0, f"{type(exception).__name__}: {exception}".encode())
        """;

    private readonly Process? _process;

    public PillowReference()
    {
        Folder = Directory.CreateTempSubdirectory("densenetsharp-images-").FullName;
        if (!PythonReference.IsAvailable)
        {
            return;
        }

        var script = Path.Combine(Folder, "server.py");
        File.WriteAllText(script, Server);
        _process = Process.Start(new ProcessStartInfo(PythonReference.Interpreter, [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Versions = Encoding.UTF8.GetString(ReadReply());
    }

    /// <summary>A temporary folder for files that both sides read.</summary>
    public string Folder { get; }

    /// <summary>What answers, for messages.</summary>
    public string Versions { get; } = "";

    /// <summary>Runs Python statements and returns the bytes (or the text) that they put into <c>result</c>.</summary>
    /// <remarks>Available: Image, np, torch, torchvision, io, struct, zlib, os.</remarks>
    public byte[] Run(string code)
    {
        PythonReference.Require();
        lock (_process!)
        {
            var bytes = Encoding.UTF8.GetBytes(code);
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            var requests = _process.StandardInput.BaseStream;
            requests.Write(length);
            requests.Write(bytes);
            requests.Flush();
            return ReadReply();
        }
    }

    /// <summary>The same, as text.</summary>
    public string RunText(string code) => Encoding.UTF8.GetString(Run(code));

    /// <summary>A new path in the folder, written so that it can stand inside Python's quotes.</summary>
    public string NewPath(string extension) => Path.Combine(Folder, $"{Guid.NewGuid():N}{extension}").Replace('\\', '/');

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private byte[] ReadReply()
    {
        var replies = _process!.StandardOutput.BaseStream;
        var header = new byte[5];
        replies.ReadExactly(header);
        var data = new byte[BinaryPrimitives.ReadInt32BigEndian(header) - 1];
        replies.ReadExactly(data);
        return header[4] != 0 ? data : throw new PythonException(Encoding.UTF8.GetString(data));
    }
}

/// <summary>Python raised; the message is its exception's name and text.</summary>
public sealed class PythonException(string message) : Exception(message);

[CollectionDefinition(Name)]
public sealed class PillowCollection : ICollectionFixture<PillowReference>
{
    public const string Name = "Pillow";
}
