using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Weights;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Classifiers on libtorch.</summary>
public static class TorchClassifier
{
    extension(ImageClassifier)
    {
        /// <summary>Makes the network that pretrained weights belong to, on libtorch, with their preset and the names of their
        /// classes. (Where <c>DenseNetSharp.Inference</c> is referenced too, a named argument says which engine is meant.)</summary>
        /// <param name="weights">The weights, such as <see cref="PretrainedWeightsCatalog.Densenet121"/>.</param>
        /// <param name="device">Where the network goes; the CPU if null.</param>
        /// <param name="download">How the weights are fetched and where they are kept; null for the defaults.</param>
        /// <returns>The classifier, which owns the network: dispose it.</returns>
        /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
        /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
        public static ImageClassifier Pretrained(
            PretrainedWeights weights, Device? device = null, WeightsDownloadOptions? download = null)
        {
            ArgumentNullException.ThrowIfNull(weights);
            return weights.ClassifierOf(DenseNetFactory.Create(weights, options: new() { Device = device, Download = download }));
        }

        /// <summary>Loads a checkpoint onto a device of libtorch, with all that its run's <c>run.json</c> beside it says of it, or
        /// else the description inside: preset, class names, task, thresholds and EXIF orientation. Without either, images are
        /// prepared by torchvision's ImageNet preset, and the file's own class names, task and thresholds count, or ImageNet's names
        /// for a thousand classes (<see cref="DescribedCheckpoint"/>).</summary>
        /// <param name="path">A legacy or zip <c>.pth</c>, a safetensors file or TorchSharp's own, such as <c>run/best.pth</c>.</param>
        /// <param name="device">Where the network goes, such as <c>torch.CUDA</c>. (Without a device, <c>ImageClassifier.Load(path)</c>
        /// of DenseNetSharp.Inference loads onto the fused engine, faster on a CPU.)</param>
        /// <param name="task">What the outputs mean; null for what the description or the file says
        /// (<see cref="DescribedCheckpoint.Task"/>).</param>
        /// <returns>The classifier, which owns the network: dispose it.</returns>
        /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
        /// <exception cref="InvalidDataException">It is no DenseNet's, or the description is none or belongs to another network.
        /// </exception>
        /// <exception cref="IOException">A file cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
        public static ImageClassifier Load(string path, Device device, ClassificationTask? task = null)
        {
            ArgumentNullException.ThrowIfNull(path);
            ArgumentNullException.ThrowIfNull(device);
            using var checkpoint = Checkpoint.Open(path);
            return DescribedCheckpoint.Of(checkpoint, task).LoadClassifier(_ => DenseNetFactory.FromCheckpoint(path, options: new() { Device = device }));
        }
    }
}
