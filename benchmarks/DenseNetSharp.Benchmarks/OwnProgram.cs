namespace DenseNetSharp.Benchmarks;

/// <summary>This program, to be started once more.</summary>
internal static class OwnProgram
{
    public static (string Program, string[] Arguments) Command(params string[] arguments)
    {
        var path = Environment.ProcessPath!;
        // Under `dotnet Benchmarks.dll` the process is dotnet itself.
        return Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? (path, [typeof(OwnProgram).Assembly.Location, .. arguments])
            : (path, arguments);
    }
}
