using DenseNetSharp.Architectures;

namespace DenseNetSharp.Tests;

/// <summary>The networks of the reference scripts (Reference/common.py).</summary>
internal static class Networks
{
    public static readonly DenseNetSpec Tiny = new()
    {
        GrowthRate = 6,
        BlockConfig = [2, 3, 2, 1],
        InitFeatures = 10,
        BottleneckSize = 3,
        NumClasses = 7,
    };

    public static DenseNet Create(string name, bool memoryEfficient = false) => name == "tiny"
        ? new DenseNet(Tiny, memoryEfficient)
        : DenseNetFactory.Create(name, options: new() { MemoryEfficient = memoryEfficient });

    public static TheoryData<string> All => ["densenet121", "densenet169", "densenet201", "densenet161", "tiny"];
}
