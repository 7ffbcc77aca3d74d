namespace DenseNetSharp.Core.Tests.Weights;

/// <summary>Tests that set this process's environment variables; no others run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentCollection
{
    public const string Name = "environment variables";
}
