using System.Globalization;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Serve;

/// <summary>The section <c>Serve</c> of the configuration: what the service takes, beside the limits of its classifier in <c>DenseNet</c>.
/// </summary>
internal sealed class ServeSettings
{
    private static readonly string[] _keys =
    [
        nameof(RequestsPerSecond), nameof(Burst), nameof(MaxRequestBytes), nameof(MaxFiles), nameof(MaxBatchBytes), nameof(MaxBatchFiles),
        nameof(BatchConcurrency), nameof(MaxExplanations), nameof(MaxExplanationQueue), nameof(RequestTimeout), nameof(BatchTimeout), nameof(Examples),
    ];

    private static readonly TimeSpan _longestTimeout = TimeSpan.FromDays(1);

    /// <summary>Uploads a second from one address, on average; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; } = 20;

    /// <summary>Uploads from one address that may come at once.</summary>
    public int Burst { get; set; } = 40;

    /// <summary>The most bytes of a request to <c>/classify</c> and <c>/explain</c>.</summary>
    public long MaxRequestBytes { get; set; } = 64L << 20;

    /// <summary>The most files of a request to <c>/classify</c>.</summary>
    public int MaxFiles { get; set; } = 32;

    /// <summary>The most bytes of a request to <c>/classify/batch</c>.</summary>
    public long MaxBatchBytes { get; set; } = 1L << 30;

    /// <summary>The most files of a request to <c>/classify/batch</c>.</summary>
    public int MaxBatchFiles { get; set; } = 1000;

    /// <summary>The most files of one batch that are under way at the same time.</summary>
    public int BatchConcurrency { get; set; } = Environment.ProcessorCount;

    /// <summary>The most heat maps that are made at the same time, their pictures included.</summary>
    public int MaxExplanations { get; set; } = Environment.ProcessorCount;

    /// <summary>The most requests for heat maps that wait.</summary>
    public int MaxExplanationQueue { get; set; } = 16;

    /// <summary>How long a request may take, its upload included.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The same for a batch.</summary>
    public TimeSpan BatchTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A folder of images that the page offers; empty for none, null for those of the shipped network where that is served.</summary>
    public string? Examples { get; set; }

    /// <summary>Reads the section.</summary>
    /// <exception cref="ServeSettingException">A value is impossible, or a key is no setting.</exception>
    public static ServeSettings Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Serve");
        RequireKeys(section);
        ServeSettings settings;
        try
        {
            settings = section.Get<ServeSettings>() ?? new ServeSettings();
        }
        catch (InvalidOperationException exception)
        {
            throw new ServeSettingException(exception.Message, exception);
        }

        Require(nameof(RequestsPerSecond), settings.RequestsPerSecond, 0);
        Require(nameof(Burst), settings.Burst, 1);
        Require(nameof(MaxRequestBytes), settings.MaxRequestBytes, 1);
        Require(nameof(MaxFiles), settings.MaxFiles, 1);
        Require(nameof(MaxBatchBytes), settings.MaxBatchBytes, 1);
        Require(nameof(MaxBatchFiles), settings.MaxBatchFiles, 1);
        Require(nameof(BatchConcurrency), settings.BatchConcurrency, 1);
        Require(nameof(MaxExplanations), settings.MaxExplanations, 1);
        Require(nameof(MaxExplanationQueue), settings.MaxExplanationQueue, 0);
        Require(nameof(RequestTimeout), settings.RequestTimeout);
        Require(nameof(BatchTimeout), settings.BatchTimeout);
        if (settings.Examples is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            throw new ServeSettingException($"Serve:Examples is {folder}; there is no such folder.");
        }

        return settings;
    }

    /// <summary>Binding says nothing of what it does not know.</summary>
    private static void RequireKeys(IConfigurationSection section)
    {
        if (section.Value is { Length: > 0 } text)
        {
            throw new ServeSettingException($"{section.Path} is '{text}'; it must be a section of {string.Join(", ", _keys)}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (!_keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new ServeSettingException($"{child.Path} is no setting; there are {string.Join(", ", _keys)}.");
            }

            if (child.GetChildren().Any())
            {
                throw new ServeSettingException($"{child.Path} is a list or a section; it must be one value.");
            }
        }
    }

    private static void Require(string name, long value, long least)
    {
        if (value < least)
        {
            throw new ServeSettingException(string.Create(CultureInfo.InvariantCulture, $"Serve:{name} is {value}; it must be {least} or more."));
        }
    }

    private static void Require(string name, TimeSpan value)
    {
        // A number alone is read as days.
        if (value <= TimeSpan.Zero || value > _longestTimeout)
        {
            throw new ServeSettingException($"Serve:{name} is {value}; it must be above zero and a day at most, such as 00:01:00.");
        }
    }
}

/// <summary>Sees that a request may be as large as an image, or else the classifier would promise what no request brings to it.</summary>
internal sealed class UploadLimits(ServeSettings settings) : IValidateOptions<DenseNetClassifierOptions>
{
    public ValidateOptionsResult Validate(string? name, DenseNetClassifierOptions options)
    {
        var (key, most) = settings.MaxRequestBytes <= settings.MaxBatchBytes
            ? (nameof(settings.MaxRequestBytes), settings.MaxRequestBytes)
            : (nameof(settings.MaxBatchBytes), settings.MaxBatchBytes);
        return options.MaxBytes < most
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"Serve:{key} is {most} and DenseNet:MaxBytes {options.MaxBytes}; a request must be larger than the image in it."));
    }
}

/// <summary>A setting of the service is impossible.</summary>
internal sealed class ServeSettingException(string message, Exception? innerException = null) : Exception(message, innerException);
