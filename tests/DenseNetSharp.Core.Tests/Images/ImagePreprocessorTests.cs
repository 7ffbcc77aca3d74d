using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

public class ImagePreprocessorTests
{
    [Fact]
    public void A_preset_with_a_filter_that_does_not_exist_is_refused()
    {
        var preset = ImagePreset.TorchvisionImageNet with { Interpolation = (Resampling)6 };

        Action apply = () => preset.Apply(TestImages.Noise(8, 8));

        apply.Should().Throw<InvalidOperationException>().WithMessage("*names no filter with the interpolation 6*");
    }
}
