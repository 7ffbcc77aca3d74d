namespace DenseNetSharp.Users.Tests;

/// <summary>
/// Fresh projects outside of the repository that take its packages from a folder of packages, as users' projects do. Everything is
/// packed, restored and built once, when a test first asks.
/// </summary>
public sealed class Consumers : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(int Status, string Output)> _packed;
    private readonly Lazy<(int Status, string Output)> _built;

    public Consumers()
    {
        _packed = new(Pack);
        _built = new(Build);
    }

    /// <summary>No version that was ever packed before, so that nothing older is taken from NuGet's caches.</summary>
    public string Version { get; } = $"0.1.0-users.{DateTime.UtcNow.Ticks}";

    /// <summary>The folder that all projects are in, with a <c>nuget.config</c> that adds the folder of packages.</summary>
    public string Folder => _folder.Path;

    /// <summary>Packs; fails where that fails.</summary>
    public void RequirePackages() => _packed.Value.Status.Should().Be(0, _packed.Value.Output);

    /// <summary>Packs, restores and builds, where warnings are errors; fails where that fails.</summary>
    public void RequireProjects()
    {
        RequirePackages();
        PublishedProgram.RequireBuilt(_built.Value.Status, _built.Value.Output);
    }

    /// <summary>A project's assembly.</summary>
    public string Program(string project) => Path.Combine(Folder, project, "bin", "Release", "net10.0", $"{project}.dll");

    /// <summary>Publishes a project and returns the program.</summary>
    public string Publish(string project)
    {
        RequireProjects();
        var (status, output) = Dotnet("publish", project, "--no-restore", "-o", Path.Combine(Folder, project, "published"));
        status.Should().Be(0, output);
        return Path.Combine(Folder, project, "published", OperatingSystem.IsWindows() ? $"{project}.exe" : project);
    }

    /// <summary>Runs a program where the shipped network is <c>run/best.pth</c> and one of the images <c>dog.png</c>.</summary>
    public (int Status, string Output) Run(string program, params string[] arguments) => PublishedProgram.Run(program, arguments, Folder);

    public void Dispose()
    {
        if (_built.IsValueCreated)
        {
            LeaveNoPackages();
        }

        _folder.Dispose();
    }

    /// <summary>Takes this version's packages out of NuGet's cache, where restoring them has put them.</summary>
    private void LeaveNoPackages()
    {
        var cache = Run("dotnet", "nuget", "locals", "global-packages", "--list").Output.Split("global-packages:")[^1].Trim();
        foreach (var package in Directory.EnumerateDirectories(cache, "densenetsharp*"))
        {
            if (Directory.Exists(Path.Combine(package, Version)))
            {
                Directory.Delete(Path.Combine(package, Version), recursive: true);
            }

            if (!Directory.EnumerateFileSystemEntries(package).Any())
            {
                Directory.Delete(package);
            }
        }
    }

    private (int Status, string Output) Pack()
    {
        var root = PublishedProgram.RepositoryRoot();
        var configuration = Built.Configuration == "debug" ? "Debug" : "Release";
        Write("nuget.config", """
            <configuration>
              <packageSources>
                <add key="DenseNetSharp" value="packages" />
              </packageSources>
            </configuration>
            """);
        return Run(
            "dotnet", "pack", Path.Combine(root, "DenseNetSharp.slnx"), "--no-build", "-c", configuration, $"-p:Version={Version}",
            "-o", _folder.File("packages"), "-m:1", "-nodeReuse:false");
    }

    private (int Status, string Output) Build()
    {
        // What users have by `dotnet new`, and as strict as can be; but advisories about others' packages are not what is tested.
        Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>
                <TrimmerSingleWarn>false</TrimmerSingleWarn>
                <NuGetAudit>false</NuGetAudit>
                <Ours>{Version}</Ours>
              </PropertyGroup>
            </Project>
            """);
        foreach (var project in Projects.All)
        {
            Directory.CreateDirectory(_folder.File(project.Name));
            Write($"{project.Name}/{project.Name}.csproj", project.File);
            Write($"{project.Name}/Program.cs", project.Program);
        }

        Write("Consumers.slnx", string.Concat(
            ["<Solution>", .. Projects.All.Select(project => $"""<Project Path="{project.Name}/{project.Name}.csproj" />"""), "</Solution>"]));
        Directory.CreateDirectory(_folder.File("run"));
        File.Copy(Shipped.Checkpoint, _folder.File("run/best.pth"));
        File.Copy(Path.Combine(Shipped.Folder, "run.json"), _folder.File("run/run.json"));
        File.Copy(Path.Combine(Shipped.Images, "Bag", "00018.png"), _folder.File("dog.png"));
        return Dotnet("build", "Consumers.slnx", "-m:1");
    }

    private (int Status, string Output) Dotnet(params string[] arguments) => Run("dotnet", [.. arguments, "-c", "Release", "--disable-build-servers"]);

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);
}
