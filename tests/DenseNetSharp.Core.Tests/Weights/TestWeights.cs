using System.Security.Cryptography;
using DenseNetSharp.Architectures;
using DenseNetSharp.Core.Tests.Weights.Downloading;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights;

/// <summary>Weights whose file is random bytes.</summary>
internal static class TestWeights
{
    public const string FileName = "net-0123.pth";

    public static byte[] Content { get; } = RandomBytes(300_000);

    public static string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    public static PretrainedWeights Of(LoopbackServer server) => At(server.Url(FileName));

    public static PretrainedWeights At(Uri url) => new()
    {
        Name = "Net_Weights.TEST",
        ArchitectureName = "densenet121",
        Architecture = DenseNetSpec.Densenet121,
        Url = url,
        Sha256Prefix = Hash[..8],
        Categories = ["a", "b"],
        Recipe = "none",
        License = "none",
    };

    private static byte[] RandomBytes(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return content;
    }
}
