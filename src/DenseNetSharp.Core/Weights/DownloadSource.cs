using System.Net.Http.Headers;
using System.Text;

namespace DenseNetSharp.Weights;

/// <summary>Where a file is downloaded from: its own address or a mirror's.</summary>
internal static class DownloadSource
{
    private const string MirrorVariable = "DENSENETSHARP_MIRROR";

    /// <summary>The address to ask.</summary>
    /// <exception cref="FormatException">The mirror is not an address of the web.</exception>
    public static Uri Of(PretrainedWeights weights, WeightsDownloadOptions options)
    {
        var mirror = options.Mirror?.OriginalString ?? Environment.GetEnvironmentVariable(MirrorVariable);
        if (string.IsNullOrEmpty(mirror))
        {
            return weights.Url;
        }

        return Uri.TryCreate(mirror.TrimEnd('/') + "/", UriKind.Absolute, out var folder) && folder.Scheme is "http" or "https"
            ? new Uri(folder, Uri.EscapeDataString(weights.FileName))
            : throw new FormatException(
                $"The mirror '{mirror}' ({MirrorVariable}) is no address that starts with http:// or https://.");
    }

    /// <summary>An address as it may be shown: names, passwords and signatures left out.</summary>
    public static string Shown(Uri address) => address.GetComponents(
        UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>HttpClient does not send the name and password of an address by itself.</summary>
    public static AuthenticationHeaderValue? Credentials(Uri address) => address.UserInfo is { Length: > 0 } credentials
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(credentials))))
        : null;
}
