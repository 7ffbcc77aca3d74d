namespace DenseNetSharp.Users.Tests;

/// <summary>What was built with these tests.</summary>
internal static class Built
{
    /// <summary><c>release</c> or <c>debug</c>, as the folders of the output are called.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>A sample's assembly, in its own folder.</summary>
    public static string Sample(string name) =>
        Path.Combine(PublishedProgram.RepositoryRoot(), "artifacts", "bin", name, Configuration, $"{name}.dll");
}
