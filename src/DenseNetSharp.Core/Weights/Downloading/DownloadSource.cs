using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>Where a file is downloaded from: its own address or a mirror's.</summary>
internal static partial class DownloadSource
{
    private const string MirrorVariable = "DENSENETSHARP_MIRROR";

    /// <summary>The address to ask.</summary>
    /// <exception cref="FormatException">The mirror is not an address of the web.</exception>
    public static Uri Of(PretrainedWeights weights, WeightsDownloadOptions options)
    {
        var mirror = options.Mirror?.OriginalString ?? Environment.GetEnvironmentVariable(MirrorVariable);
        if (string.IsNullOrWhiteSpace(mirror))
        {
            return weights.Url;
        }

        if (!Uri.TryCreate(mirror, UriKind.Absolute, out var folder) || folder.Scheme is not ("http" or "https"))
        {
            // It is not quoted: whatever it is, there may be a password in it.
            throw new FormatException(
                $"What {(options.Mirror is null ? MirrorVariable : $"the option {nameof(options.Mirror)}")} names as the "
                + "mirror is no address that starts with http:// or https://.");
        }

        return new UriBuilder(folder)
        {
            // The query stays: some servers have the key in it.
            Path = $"{folder.AbsolutePath.TrimEnd('/')}/{Uri.EscapeDataString(weights.FileName)}",
        }.Uri;
    }

    /// <summary>An address as it may be shown: names, passwords and signatures left out.</summary>
    public static string Shown(Uri address) => address.GetComponents(
        UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>HttpClient does not send the name and password of an address by itself.</summary>
    public static AuthenticationHeaderValue? Credentials(Uri address) => address.UserInfo is { Length: > 0 } credentials
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(credentials))))
        : null;

    /// <summary>Whether a text quotes an address with a name or password, as .NET does with a proxy's.</summary>
    public static bool HasCredentials(string text) => UserInfo().IsMatch(text);

    /// <summary>The text without the names and passwords of the addresses in it.</summary>
    public static string WithoutCredentials(string text) => UserInfo().Replace(text, "//");

    [GeneratedRegex(@"//[^/\s]*@")]
    private static partial Regex UserInfo();
}
