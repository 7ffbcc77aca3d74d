using System.Text.Json.Serialization;

namespace DenseNetSharp.Classification;

/// <summary>What a classifier's outputs mean.</summary>
public enum ClassificationTask
{
    /// <summary>One class is right: probabilities by softmax, which sum to 1.</summary>
    [JsonStringEnumMemberName("multiclass")]
    Multiclass,

    /// <summary>Any number of classes is right, chest X-ray findings for example: a sigmoid each.</summary>
    [JsonStringEnumMemberName("multilabel")]
    Multilabel,

    /// <summary>The outputs are no probabilities: raw values, a regression's for example.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
