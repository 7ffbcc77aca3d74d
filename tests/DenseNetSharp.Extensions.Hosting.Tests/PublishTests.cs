using System.Runtime.InteropServices;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class PublishTests : IDisposable
{
    private const string Program = """
        using DenseNetSharp.Classification;
        using DenseNetSharp.Extensions.Hosting;
        using DenseNetSharp.Images;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Diagnostics.HealthChecks;
        using Microsoft.Extensions.Hosting;

        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddDenseNet("chest");
        builder.Services.AddHealthChecks().AddDenseNet();
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IModelReloader>().WaitUntilReadyAsync("chest");
        var classifier = host.Services.GetRequiredKeyedService<IImageClassifier>("chest");
        var result = await classifier.ClassifyAsync(RgbImage.FromGray(40, 36, new byte[40 * 36]));
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Console.WriteLine(System.FormattableString.Invariant($"{report.Status} {result.Task} {result.Best.Label} {result.Best.Probability:F6}"));
        await host.StopAsync();
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The trimmer looks at the whole program, as the compiler ahead of time does, and its warnings are errors.</summary>
    [SkippableFact]
    public void A_trimmed_service_binds_its_options_and_classifies()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "linux-x64 only");
        var root = PublishedProgram.RepositoryRoot();
        var project = Directory.CreateDirectory(_folder.File("service")).FullName;
        File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
        File.WriteAllText(Path.Combine(project, "Service.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <TrimmerSingleWarn>false</TrimmerSingleWarn>
                <EnableAotAnalyzer>true</EnableAotAnalyzer>
                <JsonSerializerIsReflectionEnabledByDefault>false</JsonSerializerIsReflectionEnabledByDefault>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="{root}/src/DenseNetSharp.Extensions.Hosting/DenseNetSharp.Extensions.Hosting.csproj" />
                <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.14" />
              </ItemGroup>
            </Project>
            """);

        PublishedProgram.Publish(project, _folder.Path);

        var file = _folder.Write("a.pth", seed: 1);
        var (status, output) = PublishedProgram.Run(
            Path.Combine(_folder.File("out"), "Service"),
            [
                $"--DenseNet:chest:File={file}", "--DenseNet:chest:Preset=cifar10", "--DenseNet:chest:Task=multilabel",
                "--DenseNet:chest:Labels:0=cat", "--DenseNet:chest:Labels:1=dog", "--DenseNet:chest:Labels:2=horse", "--Logging:LogLevel:Default=None",
            ]);

        status.Should().Be(0, output);
        var logits = Networks.Logits(file, Images.RgbImage.FromGray(40, 36, new byte[40 * 36]));
        var best = Array.IndexOf(logits, logits.Max());
        output.Trim().Should().Be(FormattableString.Invariant(
            $"Healthy Multilabel {new[] { "cat", "dog", "horse" }[best]} {1 / (1 + MathF.Exp(-logits[best])):F6}"));
    }

    public void Dispose() => _folder.Dispose();
}
