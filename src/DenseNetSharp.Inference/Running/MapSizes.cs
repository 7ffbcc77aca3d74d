using DenseNetSharp.Images;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>The sizes of feature maps, from an image's size on.</summary>
internal static class MapSizes
{
    extension(ImageSize size)
    {
        public int Pixels => size.Height * size.Width;

        /// <summary>After the stem's convolution, or its pooling: half as large, rounded up.</summary>
        public ImageSize HalvedUp => new((size.Height + 1) / 2, (size.Width + 1) / 2);

        /// <summary>After a transition's pooling: half as large, rounded down.</summary>
        public ImageSize HalvedDown => new(size.Height / 2, size.Width / 2);
    }

    extension(PackedStem stem)
    {
        /// <summary>The first convolution's maps, for an image of this size.</summary>
        public ImageSize Convolved(ImageSize image) => stem.HasPooling ? image.HalvedUp : image;

        /// <summary>The first block's maps.</summary>
        public ImageSize Output(ImageSize image) => stem.HasPooling ? image.HalvedUp.HalvedUp : image;
    }
}
