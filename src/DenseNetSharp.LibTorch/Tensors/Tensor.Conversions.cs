namespace TorchSharp;

public static partial class torch
{
    // Types and devices.
    public partial class Tensor
    {
        private static readonly Operator ToType = new("to", "dtype");
        private static readonly Operator ToLayout = new("to", "dtype_layout");

        /// <summary>As Bool.</summary>
        public Tensor @bool() => to_type(ScalarType.Bool);

        /// <summary>As Int32.</summary>
        public Tensor @int() => to_type(ScalarType.Int32);

        /// <summary>As Int64.</summary>
        public Tensor @long() => to_type(ScalarType.Int64);

        /// <summary>As Float16.</summary>
        public Tensor half() => to_type(ScalarType.Float16);

        /// <summary>As BFloat16.</summary>
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        /// <summary>As Float32.</summary>
        public Tensor @float() => to_type(ScalarType.Float32);

        /// <summary>As Float64.</summary>
        public Tensor @double() => to_type(ScalarType.Float64);

        /// <summary>As another type; this tensor's own memory if it has it already.</summary>
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            Converted(ToType.Call(this, type, non_blocking, copy), disposeAfter);

        /// <summary>As another type.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        /// <summary>On another device and as another type.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            Converted(
                ToLayout.Call(this, type, Argument.None, InitializeDevice(device), Argument.None, non_blocking, copy),
                disposeAfter);

        /// <summary>On another device.</summary>
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        /// <summary>On another device.</summary>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        /// <summary>On another device.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(
                ToLayout.Call(
                    this, Argument.None, Argument.None, InitializeDevice(device), Argument.None, non_blocking, copy),
                disposeAfter);

        /// <summary>On the device, and of the type, of another tensor.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) =>
            to(other.dtype, other.device, false, false, non_blocking);

        /// <summary>On the CPU.</summary>
        public Tensor cpu() => to(torch.CPU);

        /// <summary>On a CUDA device: the current one, or the one given.</summary>
        /// <exception cref="ArgumentException">The device is not a CUDA device.</exception>
        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is { type: not DeviceType.CUDA })
            {
                throw new ArgumentException("Not a CUDA device.", nameof(device));
            }

            return to(device ?? new Device(DeviceType.CUDA), non_blocking: non_blocking);
        }

        private Tensor Converted(Tensor result, bool disposeAfter)
        {
            if (disposeAfter)
            {
                Dispose();
            }

            return result;
        }
    }
}
