using System.Text.Json;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;

namespace DenseNetSharp.Serve;

/// <summary>The answer to a batch: a line of JSON a file, written as soon as it is done, while other files still arrive.</summary>
/// <param name="response">Where the lines go.</param>
/// <param name="classifier">Classifies the files.</param>
/// <param name="top">Predictions a file.</param>
/// <param name="concurrency">The most files under way at the same time.</param>
internal sealed class BatchAnswer(HttpResponse response, IImageClassifier classifier, int top, int concurrency)
{
    public const string ContentType = "application/x-ndjson";

    private static readonly byte[] _lineEnd = "\n"u8.ToArray();

    private readonly SemaphoreSlim _turns = new(concurrency);
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Answers. What is wrong with the form itself is thrown while nothing is written, and is the last line after that.</summary>
    public async Task WriteAsync(IAsyncEnumerable<Upload> uploads, CancellationToken cancellationToken)
    {
        var answers = new List<Task>();
        try
        {
            await foreach (var upload in uploads)
            {
                await _turns.WaitAsync(cancellationToken);
                // The next file arrives while this one is computed.
                var file = new ReadToEndStream(upload.Content);
                var answer = AnswerAsync(upload.Name, file, position: answers.Count, cancellationToken);
                answers.Add(answer);
                await await Task.WhenAny(answer, file.End);
            }

            await Task.WhenAll(answers);
        }
        catch (Exception exception) when (Problems.Of(exception) is { } problem)
        {
            await EndAsync(answers);
            if (!response.HasStarted)
            {
                throw;
            }

            await WriteLineAsync(new Answer("") { Error = problem.Detail, Status = problem.Status, Predictions = [] }, cancellationToken);
        }
        finally
        {
            await EndAsync(answers);
        }
    }

    private static async Task EndAsync(List<Task> answers) => await Task.WhenAll(answers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task AnswerAsync(string name, Stream file, int position, CancellationToken cancellationToken)
    {
        try
        {
            Answer answer;
            try
            {
                answer = Answer.Of(name, await classifier.ClassifyAsync(file, cancellationToken), top) with { Position = position };
            }
            catch (Exception exception) when (exception is ImageRejectedException or RequestRefusedException)
            {
                var (status, detail) = Problems.Of(exception)!.Value;
                answer = new Answer(name) { Position = position, Error = detail, Status = status, Predictions = [] };
            }

            await WriteLineAsync(answer, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task WriteLineAsync(Answer answer, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (!response.HasStarted)
            {
                response.ContentType = ContentType;
            }

            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, AnswersJson.Web.Answer), cancellationToken);
            await response.Body.WriteAsync(_lineEnd, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A stream that tells when it has been read to its end.</summary>
    private sealed class ReadToEndStream(Stream inner) : Stream
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task End => _end.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count == 0 && buffer.Length > 0)
            {
                _end.TrySetResult();
            }

            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
