using DenseNetSharp.Classification;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class ImageNetLabelsTests
{
    [SkippableFact]
    public void The_names_are_torchvisions() =>
        ImageNetLabels.Names.Should().Equal(TorchvisionReference.Ask().Categories);

    [Fact]
    public void There_are_a_thousand() => ImageNetLabels.Names.Should().HaveCount(1000);
}
