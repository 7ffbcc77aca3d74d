using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace DenseNetSharp.Serve;

/// <summary>A file of a form, not yet read.</summary>
/// <param name="Name">The name that the client gave it, without folders; where none is left, that there is none.</param>
/// <param name="Content">Its bytes, as they arrive.</param>
internal sealed record Upload(string Name, Stream Content);

/// <summary>A request is not what the endpoint takes.</summary>
/// <param name="status">HTTP's status for it.</param>
/// <param name="message">A sentence for the client.</param>
internal sealed class RequestRefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>The files of a form as they arrive: nothing is kept on disk, nor in memory beside what the classifier reads.</summary>
internal static class Uploads
{
    /// <summary>The name of the form's field, which may come several times.</summary>
    public const string Field = "file";

    private const string Unnamed = "unnamed";
    private const int MaxBoundary = 70;

    /// <summary>Reads a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The most files.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>At least one file; each is read or passed over before the next.</returns>
    /// <exception cref="RequestRefusedException">It is no such form.</exception>
    public static async IAsyncEnumerable<Upload> ReadAsync(
        HttpRequest request, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(BoundaryOf(request), request.Body);
        var count = 0;
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var name = NameOf(section);
            if (++count > most)
            {
                throw new RequestRefusedException(
                    StatusCodes.Status413PayloadTooLarge,
                    string.Create(CultureInfo.InvariantCulture, $"The form has more than {(most == 1 ? "one file" : $"{most} files")}."));
            }

            yield return new Upload(name, section.Body);
        }

        if (count == 0)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"The form has no field '{Field}' with an image.");
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(
                StatusCodes.Status415UnsupportedMediaType, $"The request is {request.ContentType ?? "of no type"}; it must be multipart/form-data.");
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        return boundary.Length is > 0 and <= MaxBoundary
            ? boundary.ToString()
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, "The form's boundary is missing or longer than 70 characters.");
    }

    private static string NameOf(MultipartSection section)
    {
        if (section.GetContentDispositionHeader() is not { } disposition || HeaderUtilities.RemoveQuotes(disposition.Name) != Field)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"The form has another field than '{Field}'.");
        }

        // Also with an empty name, as programs send that have the bytes and no file.
        if (!disposition.Parameters.Any(parameter => parameter.Name.StartsWith("filename", StringComparison.OrdinalIgnoreCase)))
        {
            throw new RequestRefusedException(
                StatusCodes.Status400BadRequest, $"The field '{Field}' has a text; it takes an image's bytes, and no address is fetched.");
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 ? name : Unnamed;
    }
}
