using Microsoft.Extensions.Configuration;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>A classifier of the service.</summary>
/// <param name="Name">Its name; empty for the one without a name.</param>
/// <param name="Section">Its section of a configuration; null for the usual one of the host's configuration.</param>
internal sealed record ClassifierRegistration(string Name, IConfigurationSection? Section)
{
    /// <summary>The section of the host's configuration where the classifiers' are.</summary>
    public const string Root = "DenseNet";

    /// <summary>The key of its section, for messages.</summary>
    public string Path => Section?.Path ?? (Name.Length == 0 ? Root : $"{Root}:{Name}");

    /// <summary>What it is called in logs, metrics and health checks.</summary>
    public string Title => TitleOf(Name);

    public static string TitleOf(string name) => name.Length == 0 ? "default" : name;
}
