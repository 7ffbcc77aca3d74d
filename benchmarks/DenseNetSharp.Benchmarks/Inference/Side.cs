using System.Globalization;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>Who takes part in the inference benchmark.</summary>
/// <param name="Name">What people read.</param>
/// <param name="Description">What it is, for the legend.</param>
/// <param name="Command">The program and its arguments, for a folder, a network and a number of threads.</param>
internal sealed record Side(
    string Name, string Description, Func<string, string, int, (string Program, string[] Arguments)> Command)
{
    /// <summary>Changes to the process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public static Side Fused { get; } = Own("fused", "the fused engine", "--serve-fused");

    /// <summary>The fused engine on a processor without AVX-512.</summary>
    public static Side FusedAvx2 { get; } = Fused with
    {
        Name = "fused AVX2",
        Environment = new Dictionary<string, string> { ["DOTNET_EnableAVX512"] = "0" },
    };

    public static Side Eager { get; } = InPython("torchvision", "Python's network as it is", "eager");

    public static Side Traced { get; } = InPython("TorchScript", "the same traced, frozen and optimised for inference", "traced");

    public static Side Scripted { get; } =
        Own("scripted", "torchvision's network from torch.jit.script on TorchSharp's libtorch, in C#", "--serve-scripted");

    public static Side Frozen { get; } = Own("frozen", "the same after torch.jit.freeze", "--serve-frozen");

    public static Side OnnxRuntime { get; } = Own("ONNX Runtime", "the package Microsoft.ML.OnnxRuntime, in C#", "--serve-onnxruntime");

    /// <summary>A network of the family as plain PyTorch, and as TorchScript.</summary>
    public static Side FamilyEager { get; } = InPython("PyTorch", "Python's network as it is", "eager", "family_peer.py");

    public static Side FamilyTraced { get; } =
        InPython("TorchScript", "the same traced, frozen and optimised for inference", "traced", "family_peer.py");

    public static string Python => System.Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3";

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Inference", name);

    /// <summary>Serves one of this program's own sides, if the arguments are those of <see cref="Command"/>.</summary>
    public static bool Serve(string[] arguments)
    {
        if (arguments is not [var verb, var folder, var model, var count] || !verb.StartsWith("--serve-", StringComparison.Ordinal))
        {
            return false;
        }

        var threads = int.Parse(count, CultureInfo.InvariantCulture);
        Action serve = verb switch
        {
            "--serve-fused" => () => FusedPeer.Serve(folder, model, threads),
            "--serve-onnxruntime" => () => OnnxRuntimePeer.Serve(folder, model, threads),
            "--serve-scripted" => () => ScriptedPeer.Serve(folder, model, ScriptedPeer.Saved, threads),
            "--serve-frozen" => () => ScriptedPeer.Serve(folder, model, ScriptedPeer.Frozen, threads),
            _ => throw new ArgumentException($"There is no side '{verb}'."),
        };
        serve();
        return true;
    }

    /// <summary>This program, started once more.</summary>
    private static Side Own(string name, string description, string verb) =>
        new(name, description, (folder, model, threads) => OwnProgram.Command(verb, folder, model, Text(threads)));

    private static Side InPython(string name, string description, string mode, string script = "inference_peer.py") =>
        new(name, description, (folder, model, threads) => (Python, [Script(script), mode, folder, model, Text(threads)]));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
