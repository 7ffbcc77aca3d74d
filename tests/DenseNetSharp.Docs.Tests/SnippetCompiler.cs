using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DenseNetSharp.Docs.Tests;

/// <summary>Compiles a snippet as a reader's new console project would, or a web project where it is a web application; warnings are errors.
/// </summary>
internal static class SnippetCompiler
{
    private const string ImplicitUsings =
        """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Net.Http;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;
        """;

    /// <summary>What a web project has besides, of it what the snippets use.</summary>
    private const string WebImplicitUsings =
        """
        global using global::Microsoft.AspNetCore.Builder;
        global using global::Microsoft.AspNetCore.Http;
        global using global::Microsoft.Extensions.DependencyInjection;
        """;

    private static readonly CSharpParseOptions _language = new(LanguageVersion.Latest);

    /// <summary>What these tests themselves run with: .NET with ASP.NET Core, the libraries, TorchSharp and SkiaSharp.</summary>
    private static readonly MetadataReference[] _references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Writes the snippet's program.</summary>
    /// <param name="code">The snippet.</param>
    /// <param name="assembly">The file to write.</param>
    /// <returns>What the compiler complains of, a line each; empty where it compiles.</returns>
    public static IReadOnlyList<string> Compile(string code, string assembly)
    {
        var usings = code.Contains("WebApplication.Create", StringComparison.Ordinal) ? $"{ImplicitUsings}\n{WebImplicitUsings}" : ImplicitUsings;
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(assembly),
            [CSharpSyntaxTree.ParseText(usings, _language), CSharpSyntaxTree.ParseText(code, _language)],
            _references,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Enable,
                optimizationLevel: OptimizationLevel.Release,
                // A library was built against an older .NET: the SDK leaves these two out as well.
                specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));
        var complaints = compilation.Emit(assembly).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        return [.. complaints.Select(diagnostic => diagnostic.ToString())];
    }
}
