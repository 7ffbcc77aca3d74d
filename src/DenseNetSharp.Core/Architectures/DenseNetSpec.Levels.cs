namespace DenseNetSharp.Architectures;

public sealed partial record DenseNetSpec
{
    /// <summary>
    /// The levels of the network's feature pyramid, timm's <c>feature_info</c>: the stem, each dense block before its transition,
    /// and in place of the last block what the last norm and ReLU make of it.
    /// </summary>
    /// <exception cref="ArgumentException">The spec has a value that <see cref="Validate"/> refuses.</exception>
    public IReadOnlyList<FeatureLevel> FeatureLevels
    {
        get
        {
            Validate();
            List<FeatureLevel> levels =
            [
                Stem switch
                {
                    DenseNetStem.ThreeByThree => new("features.conv0", InitFeatures, 1),
                    DenseNetStem.Deep => new("features.norm2", InitFeatures, 2),
                    _ => new("features.norm0", InitFeatures, 2),
                },
            ];
            var (channels, reduction) = (InitFeatures, Stem == DenseNetStem.ThreeByThree ? 1 : 4);
            for (var block = 1; block <= BlockConfig.Count; block++)
            {
                channels += BlockConfig[block - 1] * GrowthRate;
                var isLast = block == BlockConfig.Count;
                levels.Add(new(isLast && HasLastNorm ? DenseNetModules.LastNorm : $"features.denseblock{block}", channels, reduction));
                (channels, reduction) = (Compressed(channels), 2 * reduction);
            }

            return levels;
        }
    }
}
