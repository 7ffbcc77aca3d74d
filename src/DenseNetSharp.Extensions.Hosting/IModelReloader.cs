using Microsoft.Extensions.Options;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Lets a program load a classifier's checkpoint anew, beside what happens when its files or options change.</summary>
public interface IModelReloader
{
    /// <summary>Reads the options and loads the checkpoint beside the one that answers, which it then replaces: requests under way end on
    /// the network on which they began, and no request waits or fails.</summary>
    /// <param name="name">The classifier's name; null for the one without a name, else the first.</param>
    /// <param name="cancellationToken">Keeps the loading from beginning.</param>
    /// <returns>Ends when the new network answers.</returns>
    /// <exception cref="ArgumentException">There is no such classifier.</exception>
    /// <exception cref="OptionsValidationException">The options are not valid; the old network stays, as it does whatever is thrown.
    /// </exception>
    /// <exception cref="InvalidDataException">The file is no checkpoint of a DenseNet, or has not as many classes as the options
    /// say.</exception>
    /// <exception cref="IOException">A file cannot be read, or was changed meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task ReloadAsync(string? name = null, CancellationToken cancellationToken = default);

    /// <summary>Waits until a network answers.</summary>
    /// <param name="name">The classifier's name; null for the one without a name, else the first.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Ends when the first network has been loaded.</returns>
    /// <exception cref="ArgumentException">There is no such classifier.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task WaitUntilReadyAsync(string? name = null, CancellationToken cancellationToken = default);
}
