using System.Text.Json;

namespace DenseNetSharp.Core.Tests;

/// <summary>What torchvision says about a network.</summary>
internal sealed record TorchvisionNetwork(
    string[] Entries,
    string[] Modules,
    string[] Versions,
    long Parameters,
    int Features,
    long MultiplyAdds,
    long MultiplyAddsWide,
    int SmallestInput);

/// <summary>What torchvision says about pretrained weights.</summary>
internal sealed record TorchvisionWeights(
    string Name, string Url, long Parameters, double Top1, double Top5, int SmallestInput);

/// <summary>What torchvision says, asked once for all tests.</summary>
internal sealed record TorchvisionReference(
    Dictionary<string, TorchvisionNetwork> Named,
    TorchvisionNetwork[] Odd,
    Dictionary<string, TorchvisionWeights> Weights,
    string[] Categories)
{
    private static readonly Lazy<TorchvisionReference> _answer = new(() =>
        JsonSerializer.Deserialize<TorchvisionReference>(
            PythonReference.Run("describe_torchvision.py"), JsonSerializerOptions.Web)!);

    public static TorchvisionReference Ask()
    {
        PythonReference.Require();
        return _answer.Value;
    }
}
