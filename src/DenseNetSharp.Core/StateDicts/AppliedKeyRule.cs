namespace DenseNetSharp.StateDicts;

/// <summary>A rule by which keys of a file were renamed, for a report to its user.</summary>
/// <param name="Name">A short name, such as <c>old-names</c> or <c>prefix module.</c>.</param>
/// <param name="Description">What it does, as half a sentence.</param>
/// <param name="Count">How many keys it renamed.</param>
public sealed record AppliedKeyRule(string Name, string Description, int Count);
