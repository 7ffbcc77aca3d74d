namespace DenseNetSharp.Datasets;

/// <summary>What a label that a table does not decide is taken for.</summary>
public enum UnknownLabel
{
    /// <summary>It is refused: whoever reads the table decides first.</summary>
    Refuse,

    /// <summary>The image does not belong to the class.</summary>
    Zero,

    /// <summary>The image belongs to the class.</summary>
    One,

    /// <summary>Neither: it counts in no loss and in no metric (<see cref="LabelledImage.Unknown"/>).</summary>
    Ignore,
}
