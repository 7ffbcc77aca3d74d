namespace DenseNetSharp.Reports;

/// <summary>Something that happened in a run, to be marked beside its curves.</summary>
/// <param name="Epoch">When: 3 is the end of the third epoch, 2.5 the moment between the second and the third. What lies outside of
/// the curves is not drawn.</param>
/// <param name="Text">What, in a word or two, such as <c>best.pth</c>.</param>
public sealed record EpochMark(double Epoch, string Text);
