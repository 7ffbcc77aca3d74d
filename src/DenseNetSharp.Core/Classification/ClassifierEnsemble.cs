namespace DenseNetSharp.Classification;

/// <summary>Several classifiers as one.</summary>
public static class ClassifierEnsemble
{
    extension(ImageClassifier)
    {
        /// <summary>Makes a classifier of several, whose probabilities are the mean of theirs, each at its own temperature and with its own
        /// test-time augmentation (Lakshminarayanan and others, 2017, https://arxiv.org/abs/1612.01474). Where the task is
        /// <see cref="ClassificationTask.None"/>, its values are the mean of theirs.</summary>
        /// <param name="members">The classifiers, of any architectures, with the same classes, whose order is the first one's. Each image is
        /// decoded once, and prepared once for all members that prepare it alike.</param>
        /// <param name="ownsMembers">Whether the ensemble's <see cref="ImageClassifier.Dispose"/> disposes them.</param>
        /// <param name="names">What they are called where one is refused, such as their files; their places if null.</param>
        /// <returns>The ensemble. Its <see cref="ClassificationResult.Logits"/> are those of the mean probabilities: their logarithms, or
        /// log(p / (1 - p)) where labels do not exclude each other. A label's threshold is the mean of the members': what all members find,
        /// the ensemble finds.</returns>
        /// <exception cref="ArgumentException">There are no members, or two have other classes, another task or another way to decode files;
        /// the message names them.</exception>
        public static ImageClassifier Ensemble(
            IReadOnlyList<ImageClassifier> members, bool ownsMembers = false, IReadOnlyList<string>? names = null)
        {
            ArgumentNullException.ThrowIfNull(members);
            if (members.Count == 0)
            {
                throw new ArgumentException("An ensemble needs one member at least.");
            }

            if (names is not null && names.Count != members.Count)
            {
                throw new ArgumentException($"There are {names.Count} names for {members.Count} members.");
            }

            // What happens to the caller's list afterwards does not matter.
            members = [.. members];
            var first = members[0];
            foreach (var (i, member) in members.Index())
            {
                RequireAlike(first, NameOf(0), member, NameOf(i));
            }

            int[][] places = [.. members.Select((member, i) => PlacesOf(first, NameOf(0), member, NameOf(i)))];
            return new ImageClassifier(
                new EnsembleScorer(members, places, first.Task),
                first.Preset,
                first.Labels,
                first.Task,
                MeanThresholds(members, places),
                ownsMembers ? [.. members] : [])
            {
                DecodeOptions = first.DecodeOptions,
                OwnsNetwork = ownsMembers,
            };

            string NameOf(int member) => names?[member] ?? $"member {member + 1}";
        }
    }

    private static void RequireAlike(ImageClassifier first, string firstName, ImageClassifier member, string name)
    {
        if (member.Task != first.Task)
        {
            throw new ArgumentException(
                $"{firstName} is {NameOf(first.Task)}, but {name} is {NameOf(member.Task)}; an ensemble's members have one task.");
        }

        var (own, other) = (first.DecodeOptions, member.DecodeOptions);
        if ((own.ApplyExifOrientation, own.KeepUpperBitsOfGray) != (other.ApplyExifOrientation, other.KeepUpperBitsOfGray))
        {
            throw new ArgumentException(
                $"{firstName} and {name} want files decoded in different ways (EXIF orientation, 16-bit gray); an ensemble decodes each image once.");
        }
    }

    /// <summary>Where the first member's classes are among a member's.</summary>
    private static int[] PlacesOf(ImageClassifier first, string firstName, ImageClassifier member, string name)
    {
        var (classes, own) = (first.Scorer.NumClasses, member.Scorer.NumClasses);
        if (own != classes)
        {
            throw new ArgumentException($"{firstName} has {classes} classes, but {name} has {own}; an ensemble's members have the same.");
        }

        if (first.Labels is null && member.Labels is null)
        {
            return [.. Enumerable.Range(0, classes)];
        }

        if (first.Labels is null || member.Labels is null)
        {
            var (named, nameless) = first.Labels is null ? (name, firstName) : (firstName, name);
            throw new ArgumentException(
                $"{named} has class names, but {nameless} has none; an ensemble's members are matched by the names of their classes.");
        }

        if (member.Labels.SequenceEqual(first.Labels))
        {
            return [.. Enumerable.Range(0, classes)];
        }

        var places = member.Labels.Index().GroupBy(label => label.Item).ToDictionary(group => group.Key, group => group.First().Index);
        return first.Labels.Except(member.Labels).FirstOrDefault() is { } missing
            ? throw new ArgumentException($"{firstName} has the class '{missing}', but {name} has not; an ensemble's members have the same classes.")
            : places.Count < classes || first.Labels.Distinct().Count() < classes
            ? throw new ArgumentException($"{firstName} and {name} have classes in another order, of which two have one name.")
            : [.. first.Labels.Select(label => places[label])];
    }

    /// <summary>The mean of each label's thresholds; null where no member has any.</summary>
    private static float[]? MeanThresholds(IReadOnlyList<ImageClassifier> members, int[][] places) => members.All(member => member.Thresholds is null)
        ? null
        : [.. Enumerable.Range(0, places[0].Length).Select(label => (float)members.Select((member, i) =>
            (double)(member.Thresholds?[places[i][label]] ?? ClassificationResult.DefaultThreshold)).Average())];

    private static string NameOf(ClassificationTask task) => task.ToString().ToLowerInvariant();
}
