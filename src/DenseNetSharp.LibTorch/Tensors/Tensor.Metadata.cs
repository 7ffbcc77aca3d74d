namespace TorchSharp;

public static unsafe partial class torch
{
    // Shape, type, device, layout.
    public partial class Tensor
    {
        /// <summary>The size of each dimension.</summary>
        public long[] shape => size();

        /// <summary>The type of the elements.</summary>
        public ScalarType dtype => (ScalarType)Info.Type;

        /// <summary>Where the elements lie.</summary>
        public Device device
        {
            get
            {
                var info = Info;
                return info.DeviceType == (int)DeviceType.CPU
                    ? new Device(DeviceType.CPU)
                    : new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        /// <summary>The kind of device the elements lie on.</summary>
        public DeviceType device_type => (DeviceType)Info.DeviceType;

        /// <summary>The number of that device; -1 for the CPU.</summary>
        public int device_index => Info.DeviceIndex;

        /// <summary>Whether the elements lie on a CUDA device.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>The number of dimensions.</summary>
        public long ndim => Info.Dimensions;

        /// <summary>The number of elements.</summary>
        public long NumberOfElements => Info.Count;

        /// <summary>The size of an element in bytes.</summary>
        public long ElementSize => Info.ElementSize;

        /// <summary>The number of dimensions.</summary>
        public long dim() => ndim;

        /// <summary>The number of elements.</summary>
        public long numel() => NumberOfElements;

        /// <summary>The size of each dimension.</summary>
        public long[] size()
        {
            var info = Info;
            return new ReadOnlySpan<long>(info.Sizes, info.Dimensions).ToArray();
        }

        /// <summary>The size of one dimension; negative counts from the last.</summary>
        public long size(int dim)
        {
            var info = Info;
            return info.Sizes[Wrap(dim, info.Dimensions)];
        }

        /// <summary>How many elements lie between neighbours, for each dimension.</summary>
        public long[] stride()
        {
            var info = Info;
            return new ReadOnlySpan<long>(info.Strides, info.Dimensions).ToArray();
        }

        /// <summary>Whether the elements lie in row order without gaps.</summary>
        public bool is_contiguous() => Info.IsContiguous;

        /// <summary>Whether the elements are floating-point numbers.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        private static int Wrap(int dim, int dimensions)
        {
            var wrapped = dim < 0 ? dim + dimensions : dim;
            return wrapped >= 0 && wrapped < dimensions
                ? wrapped
                : throw new System.Runtime.InteropServices.ExternalException(
                    $"Dimension out of range (expected to be in range of [{-dimensions}, {dimensions - 1}], " +
                    $"but got {dim})");
        }
    }
}
