namespace FashionMnist;

/// <summary>What the command line says.</summary>
internal sealed record TrainingOptions
{
    public required string Data { get; init; }

    public required string Output { get; init; }

    public int Epochs { get; init; }

    public int BatchSize { get; init; }

    public double LearningRate { get; init; }

    public int Threads { get; init; }

    public int Seed { get; init; }

    public int Limit { get; init; }
}
