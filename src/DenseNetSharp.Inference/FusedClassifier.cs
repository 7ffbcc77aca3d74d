using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.StateDicts;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Inference;

/// <summary>Classifiers on the fused engine.</summary>
public static class FusedClassifier
{
    extension(ImageClassifier)
    {
        /// <summary>Makes the network that pretrained weights belong to, on the fused engine, with their preset and the names of their
        /// classes. (Where <c>DenseNetSharp</c> is referenced too, a named argument says which engine is meant.)</summary>
        /// <param name="weights">The weights, such as <see cref="PretrainedWeightsCatalog.Densenet121"/>.</param>
        /// <param name="options">How the engine runs; null for the defaults.</param>
        /// <param name="download">How the weights are fetched and where they are kept; null for the defaults.</param>
        /// <returns>The classifier, which owns the engine: dispose it.</returns>
        /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
        /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
        /// <exception cref="ArgumentException">An option is impossible.</exception>
        public static ImageClassifier Pretrained(
            PretrainedWeights weights, FusedDenseNetOptions? options = null, WeightsDownloadOptions? download = null)
        {
            ArgumentNullException.ThrowIfNull(weights);
            var spec = weights.RequireArchitecture();
            return weights.ClassifierOf(FusedDenseNet.Load(weights.GetFile(download), (options ?? new()) with { Spec = spec }));
        }

        /// <summary>Loads a checkpoint onto the fused engine, with all that its run's <c>run.json</c> beside it says of it, or else
        /// the description inside: preset, class names, task, thresholds and EXIF orientation. Without either, images are prepared
        /// by torchvision's ImageNet preset, and the file's own class names, task and thresholds count, or ImageNet's names for a
        /// thousand classes (<see cref="DescribedCheckpoint"/>).</summary>
        /// <param name="path">A legacy or zip <c>.pth</c>, a safetensors file or TorchSharp's own, such as <c>run/best.pth</c>.</param>
        /// <param name="options">How the engine runs; null for the defaults.</param>
        /// <param name="task">What the outputs mean; null for what the description or the file says
        /// (<see cref="DescribedCheckpoint.Task"/>).</param>
        /// <returns>The classifier, which owns the engine: dispose it.</returns>
        /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
        /// <exception cref="CheckpointMismatchException">It does not fit the network in the options.</exception>
        /// <exception cref="InvalidDataException">It is no DenseNet's, or the description is none or belongs to another network.
        /// </exception>
        /// <exception cref="ArgumentException">An option is impossible.</exception>
        /// <exception cref="IOException">A file cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
        /// <exception cref="OutOfMemoryException">There is not enough memory for the packed weights.</exception>
        /// <exception cref="PlatformNotSupportedException">The processor lacks the instructions of the kernel asked for.</exception>
        public static ImageClassifier Load(string path, FusedDenseNetOptions? options = null, ClassificationTask? task = null)
        {
            ArgumentNullException.ThrowIfNull(path);
            options ??= new FusedDenseNetOptions();
            using var checkpoint = Checkpoint.Open(path);
            var described = DescribedCheckpoint.Of(checkpoint, task, like: options.Spec);
            if (options.InputChannels is { } channels)
            {
                described = described with { Spec = described.Spec with { InputChannels = channels } };
            }

            return described.LoadClassifier(spec => FusedDenseNet.Load(checkpoint, options with { Spec = options.Spec ?? spec }));
        }
    }
}
