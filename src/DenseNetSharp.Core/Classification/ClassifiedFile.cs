using System.Diagnostics.CodeAnalysis;

namespace DenseNetSharp.Classification;

/// <summary>What became of one file: predictions, or what is wrong with it.</summary>
/// <param name="Path">The file as the caller named it.</param>
/// <param name="Result">The predictions; null where there is an error.</param>
/// <param name="Error">Why there are none: the file cannot be read, is no image, or comes out too small.</param>
public sealed record ClassifiedFile(string Path, ClassificationResult? Result, Exception? Error)
{
    /// <summary>Whether there are predictions.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsClassified => Result is not null;
}
