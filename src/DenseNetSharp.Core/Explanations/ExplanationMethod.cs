using System.Text.Json.Serialization;

namespace DenseNetSharp.Explanations;

/// <summary>How a heat map of what speaks for a class is made of feature maps.</summary>
public enum ExplanationMethod
{
    /// <summary>The last maps, weighted by what the classifier gives each for the class; its mean and the classifier's bias are the
    /// class's score exactly. For networks that pool by averages and classify by linear layers. Source: Zhou et al., "Learning Deep
    /// Features for Discriminative Localization", https://arxiv.org/abs/1512.04150.</summary>
    [JsonStringEnumMemberName("cam")]
    ClassActivation,

    /// <summary>Any layer's maps, each weighted by the mean of the score's gradient over it; of the sum what is above 0. Source:
    /// Selvaraju et al., "Grad-CAM", https://arxiv.org/abs/1610.02391.</summary>
    [JsonStringEnumMemberName("gradcam")]
    GradCam,

    /// <summary>As Grad-CAM, with the weighted mean of the positive gradients that does better where a class is in the image several
    /// times. Source: Chattopadhay et al., "Grad-CAM++", equations 14, 15 and 19 but for the factor exp(score), which scales a whole map,
    /// https://arxiv.org/abs/1710.11063.</summary>
    [JsonStringEnumMemberName("gradcam++")]
    GradCamPlusPlus,
}
