using System.Runtime.InteropServices;
using TorchSharp;

namespace DenseNetSharp.Training;

/// <summary>What computes here.</summary>
internal static class RunVersions
{
    public static IReadOnlyDictionary<string, string> Current { get; } = new Dictionary<string, string>
    {
        ["DenseNetSharp"] = VersionOf(typeof(DenseNet)),
        [typeof(torch).Assembly.GetName().Name!] = VersionOf(typeof(torch)),
        [".NET"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.RuntimeIdentifier,
    };

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
