namespace DenseNetSharp.Tests;

/// <summary>The program in <see cref="Program"/>, as a process of its own.</summary>
internal static class OwnProgram
{
    private static readonly string _path = typeof(Program).Assembly.Location;

    /// <summary>Runs it in its own folder and returns the last line that it prints.</summary>
    public static string Run(params string[] arguments) => ChildProcess.Run(_path, arguments);

    /// <inheritdoc cref="ChildProcess.Run"/>
    public static string Run(string[] arguments, params (string Name, string? Value)[] variables) =>
        ChildProcess.Run(_path, arguments, variables);

    /// <summary>Runs a copy of it and returns the last line that it prints.</summary>
    /// <param name="folder">Where the copy is.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Changes to its environment; null takes a variable out.</param>
    public static string RunCopy(string folder, string[] arguments, params (string Name, string? Value)[] variables) =>
        ChildProcess.Run(Path.Combine(folder, Path.GetFileName(_path)), arguments, variables);

    /// <summary>Copies what runs, without native files and without the list that says where they lie: the program then looks for them
    /// beside itself.</summary>
    public static void CopyWithoutNativeFiles(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(_path)!).Where(file => file.EndsWith(".dll", StringComparison.Ordinal)
            || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }
}
