namespace DenseNetSharp.Classification;

/// <summary>One class that a network considered, and how much it believes in it.</summary>
/// <param name="Index">The class's index, counted from 0.</param>
/// <param name="Label">The class's name; null where no labels were given.</param>
/// <param name="Probability">Its probability in [0, 1].</param>
public sealed record Prediction(int Index, string? Label, float Probability);
