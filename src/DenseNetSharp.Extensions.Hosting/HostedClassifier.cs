using System.Diagnostics;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Classifies on whatever network is in service, within the limits, and measures it.</summary>
internal sealed class HostedClassifier(ModelHost host, ILogger logger) : IImageClassifier
{
    public ImagePreset Preset => Describe(classifier => classifier.Preset);

    public IReadOnlyList<string>? Labels => Describe(classifier => classifier.Labels);

    public ClassificationTask Task => Describe(classifier => classifier.Task);

    public IReadOnlyList<float>? Thresholds => Describe(classifier => classifier.Thresholds);

    public ClassificationResult Classify(RgbImage image, CancellationToken cancellationToken = default) =>
        ClassifyAsync(image, cancellationToken).GetAwaiter().GetResult();

    public ClassificationResult Classify(ReadOnlySpan<byte> file, CancellationToken cancellationToken = default) =>
        ClassifyAsync(file.ToArray().AsMemory(), cancellationToken).GetAwaiter().GetResult();

    public Task<ClassificationResult> ClassifyAsync(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ClassifyAsync(new Input { Image = image }, cancellationToken);
    }

    public Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default) =>
        ClassifyAsync(new Input { File = file }, cancellationToken);

    public Task<ClassificationResult> ClassifyAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ClassifyAsync(new Input { Stream = stream }, cancellationToken);
    }

    public Task<Explanation> ExplainAsync(RgbImage image, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ExplainAsync(new Input { Image = image }, options, cancellationToken);
    }

    public Task<Explanation> ExplainAsync(Stream stream, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ExplainAsync(new Input { Stream = stream }, options, cancellationToken);
    }

    private Task<ClassificationResult> ClassifyAsync(Input input, CancellationToken cancellationToken) => RunAsync(
        "densenet.classify",
        input,
        async (model, image) =>
        {
            try
            {
                return model.Batches is { } batches
                    ? await batches.ClassifyAsync(image, cancellationToken).ConfigureAwait(false)
                    : model.Classifier.Classify(image, cancellationToken);
            }
            catch (ArgumentException exception)
            {
                throw new ImageRejectedException(RejectionReason.UnusableImage, exception.Message, exception);
            }
        },
        keepsImage: false,
        cancellationToken);

    private Task<Explanation> ExplainAsync(Input input, ExplanationOptions? options, CancellationToken cancellationToken) => RunAsync(
        "densenet.explain",
        input,
        (model, image) => System.Threading.Tasks.Task.FromResult(model.Classifier.Explain(image, options, cancellationToken)),
        keepsImage: true,
        cancellationToken);

    /// <param name="operation">What is done, for traces.</param>
    /// <param name="input">What it is done with.</param>
    /// <param name="compute">Does it.</param>
    /// <param name="keepsImage">Whether the result keeps the image; if not, the image's memory is used again.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private async Task<T> RunAsync<T>(
        string operation, Input input, Func<LoadedModel, RgbImage, Task<T>> compute, bool keepsImage, CancellationToken cancellationToken)
    {
        using var activity = DenseNetTelemetry.Source.StartActivity(operation);
        activity?.SetTag(ClassifierMetrics.ModelTag, host.Title);
        string? error = null;
        try
        {
            return await AnswerAsync(input, compute, keepsImage, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageRejectedException exception)
        {
            error = NameOf(exception.Reason);
            host.Metrics.Rejected(host.Title, error);
            HostingLog.Rejected(logger, host.Title, exception.Reason, exception.Message);
            throw;
        }
        catch (OperationCanceledException)
        {
            error = "cancelled";
            throw;
        }
        catch (IOException exception) when (input.Stream is not null)
        {
            // The caller's own stream: no fault of the service's.
            error = exception.GetType().FullName!;
            HostingLog.BrokenOff(logger, host.Title, exception.Message);
            throw;
        }
        catch (Exception exception)
        {
            error = exception.GetType().FullName!;
            HostingLog.Failed(logger, host.Title, exception);
            throw;
        }
        finally
        {
            host.Metrics.Ended(host.Title, error);
            if (error is not null)
            {
                activity?.SetTag(ClassifierMetrics.ErrorTag, error).SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    private async Task<T> AnswerAsync<T>(
        Input input, Func<LoadedModel, RgbImage, Task<T>> compute, bool keepsImage, CancellationToken cancellationToken)
    {
        using var place = host.Enter();
        using var received = input.Stream is { } stream ? await ReceiveAsync(stream, cancellationToken).ConfigureAwait(false) : null;
        await place.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var model = host.Use();
        try
        {
            return await System.Threading.Tasks.Task.Run(
                async () =>
                {
                    var image = input.Image ?? Decode(received?.Bytes ?? input.File, model.DecodeOptions, keepsImage);
                    try
                    {
                        using var activity = DenseNetTelemetry.Source.StartActivity("densenet.compute");
                        var start = Stopwatch.GetTimestamp();
                        var result = await compute(model, image).ConfigureAwait(false);
                        host.Metrics.Computed(host.Title, Stopwatch.GetElapsedTime(start));
                        return result;
                    }
                    finally
                    {
                        if (!keepsImage)
                        {
                            image.Recycle();
                        }
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            model.Release();
        }
    }

    /// <summary>Reads a file without decoding it, for that needs a turn.</summary>
    private async Task<EncodedImage> ReceiveAsync(Stream stream, CancellationToken cancellationToken)
    {
        var options = Use(model => model.DecodeOptions);
        try
        {
            return await EncodedImage.ReadAsync(stream, options, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageFormatException exception)
        {
            throw ImageRejectedException.Of(exception);
        }
    }

    private RgbImage Decode(ReadOnlyMemory<byte> file, ImageDecodeOptions options, bool keepsImage)
    {
        using var activity = DenseNetTelemetry.Source.StartActivity("densenet.decode");
        var start = Stopwatch.GetTimestamp();
        if (file.Length > options.MaxFileBytes)
        {
            throw new ImageRejectedException(
                RejectionReason.TooManyBytes, $"The image has {file.Length} bytes, more than the limit of {options.MaxFileBytes}.");
        }

        try
        {
            var image = keepsImage ? RgbImage.Decode(file.Span, options) : RgbImage.DecodeRented(file.Span, options);
            host.Metrics.Decoded(host.Title, Stopwatch.GetElapsedTime(start));
            return image;
        }
        catch (ImageFormatException exception)
        {
            throw ImageRejectedException.Of(exception);
        }
        catch (DllNotFoundException exception)
        {
            throw new ImageRejectedException(RejectionReason.UnsupportedFormat, exception.Message, exception);
        }
    }

    private T Describe<T>(Func<ImageClassifier, T> ask) => Use(model => ask(model.Classifier));

    private T Use<T>(Func<LoadedModel, T> ask)
    {
        var model = host.Use();
        try
        {
            return ask(model);
        }
        finally
        {
            model.Release();
        }
    }

    private static string NameOf(RejectionReason reason) => reason switch
    {
        RejectionReason.QueueFull => "queue_full",
        RejectionReason.NotReady => "not_ready",
        RejectionReason.TooManyBytes => "too_many_bytes",
        RejectionReason.TooManyPixels => "too_many_pixels",
        RejectionReason.UnsupportedFormat => "unsupported_format",
        _ => "unusable_image",
    };

    /// <summary>What a request brings: pixels, a file, or a stream with one.</summary>
    private readonly record struct Input
    {
        public RgbImage? Image { get; init; }

        public ReadOnlyMemory<byte> File { get; init; }

        public Stream? Stream { get; init; }
    }
}
