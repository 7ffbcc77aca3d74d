using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests.Reports;

public sealed class ShortPathsTests
{
    [Theory]
    [InlineData("/scans/p1/view.png", "view.png")]
    [InlineData("/scans/p1/view.png /scans/p2/view.png", "p1/view.png", "p2/view.png")]
    [InlineData("/scans/p1/a.png /scans/p1/b.png", "a.png", "b.png")]
    [InlineData("/scans/a.png /scans/p1/a.png", "a.png", "p1/a.png")]
    [InlineData(@"C:\scans\p1\a.png C:\scans\p2\a.png", "p1/a.png", "p2/a.png")]
    [InlineData("a.png b/c.png", "a.png", "b/c.png")]
    public void Files_are_told_apart_by_as_little_as_that_takes(string paths, params string[] expected) =>
        ShortPaths.Of(paths.Split(' ')).Should().Equal(expected);
}
