using System.Collections;
using System.Diagnostics;
using System.Text.Json;

namespace DenseNetSharp.Testing;

/// <summary>
/// A Python that has imported what takes seconds to import, and forks itself for every script: each still runs in a process of its own.
/// It ends with its standard input.
/// </summary>
internal sealed class PythonServer
{
    // A request and a reply are a line of JSON each. The server itself imports what a script asks for, before it forks, so that the next
    // one has it; none of it starts a thread before it computes.
    private const string Server = """
        import ast, gc, importlib, json, os, sys, tempfile, traceback, types
        import torch, torchvision, PIL.Image
        slow = ("h5py", "numpy", "onnx", "PIL", "scipy", "sklearn", "torch", "torchvision")
        replies = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

        def import_slow(tree):
            for node in ast.walk(tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                    [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                for name in names:
                    if name.split(".")[0] in slow:
                        try:
                            importlib.import_module(name)
                        except ImportError:
                            pass  # The script says so itself.

        print("ready", file=replies, flush=True)
        while line := sys.stdin.readline():
            request = json.loads(line)
            script, code = request["arguments"][0], request["code"]
            if script != "-c":
                with open(script, encoding="utf-8") as file:
                    code = file.read()
            try:
                import_slow(ast.parse(code))
            except SyntaxError:
                pass  # It is compiled again where that may fail.
            files = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]
            gc.freeze()
            child = os.fork()
            if child == 0:
                break
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            texts = []
            for file in files:
                file.seek(0)
                texts.append(file.read().decode("utf-8", "replace"))
                file.close()
            print(json.dumps({"status": status, "output": texts[0], "errors": texts[1]}), file=replies, flush=True)
        else:
            sys.exit()
        # From here on this is the script's own process.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(files[0].fileno(), 1)
        os.dup2(files[1].fileno(), 2)
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.argv = request["arguments"]
        sys.path[0] = "" if script == "-c" else os.path.dirname(os.path.abspath(script))
        main = types.ModuleType("__main__")
        main.__builtins__ = __builtins__
        if script != "-c":
            main.__file__ = script
        sys.modules["__main__"] = main
        status = 0
        try:
            exec(compile(code, "<string>" if script == "-c" else script, "exec"), main.__dict__)
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
            if status == 1 and not isinstance(end.code, int):
                print(end.code, file=sys.stderr)
        except BaseException:
            status = 1
            traceback.print_exc()
        # Without the interpreter's own end, which takes as long as the imports did: its pages are the server's until they are written to.
        main.__dict__.clear()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
        """;

    private readonly Process _process;
    private readonly Task<string> _errors;

    public PythonServer(string python)
    {
        _process = Process.Start(new ProcessStartInfo(python, ["-c", Server])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
        if (_process.StandardOutput.ReadLine() != "ready")
        {
            _process.WaitForExit();
            throw new InvalidOperationException($"{python} ended with {_process.ExitCode}: {_errors.Result}");
        }
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="arguments">The script's path and arguments, or -c and arguments for code.</param>
    /// <param name="code">The code for -c.</param>
    public (int Status, string Output, string Errors) Run(IEnumerable<string> arguments, string? code)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(new { arguments, code, environment }));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The Python that runs the tests' scripts has ended: {_errors.Result}");
        var reply = JsonDocument.Parse(line).RootElement;
        return (reply.GetProperty("status").GetInt32(), reply.GetProperty("output").GetString()!, reply.GetProperty("errors").GetString()!);
    }
}
