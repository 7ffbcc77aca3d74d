using System.Reflection;

namespace DenseNetSharp.Docs.Tests;

/// <summary>Runs a compiled snippet in its folder.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Directory.SetCurrentDirectory(Path.GetDirectoryName(args[0])!);
        var main = Assembly.LoadFrom(args[0]).EntryPoint!;
        var result = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
        if (result is Task task)
        {
            await task;
        }

        return 0;
    }
}
