using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Classifiers on libtorch.</summary>
public static class TorchClassifier
{
    extension(ImageClassifier)
    {
        /// <summary>Loads a checkpoint onto a device of libtorch, with all that its run's <c>run.json</c> beside it says of it, or
        /// else the description inside: preset, class names, task, thresholds and EXIF orientation. Without either, images are
        /// prepared by torchvision's ImageNet preset, and a thousand classes have ImageNet's names.</summary>
        /// <param name="path">A legacy or zip <c>.pth</c> or a safetensors file, such as <c>run/best.pth</c>.</param>
        /// <param name="device">Where the network goes, such as <c>torch.CUDA</c>. (Without a device, <c>ImageClassifier.Load(path)</c>
        /// of DenseNetSharp.Inference loads onto the fused engine, faster on a CPU.)</param>
        /// <returns>The classifier, which owns the network: dispose it.</returns>
        /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
        /// <exception cref="InvalidDataException">It is no DenseNet's, or the description is none or belongs to another network.
        /// </exception>
        /// <exception cref="IOException">A file cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
        public static ImageClassifier Load(string path, Device device)
        {
            ArgumentNullException.ThrowIfNull(path);
            ArgumentNullException.ThrowIfNull(device);
            using var checkpoint = Checkpoint.Open(path);
            return DescribedCheckpoint.Of(checkpoint).LoadClassifier(_ => DenseNetFactory.FromCheckpoint(path, device: device));
        }
    }
}
