namespace TorchSharp;

/// <summary>Kinds of devices; the numbers are TorchSharp's.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU (or an AMD one, on a ROCm build).</summary>
    CUDA = 1,

    /// <summary>Apple's Metal.</summary>
    MPS = 13,

    /// <summary>Shapes without data.</summary>
    META = 14,
}

public static partial class torch
{
    /// <summary>Where a tensor's data lies.</summary>
    public class Device
    {
        /// <summary>From a text such as "cpu", "cuda" or "cuda:1".</summary>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Enum.Parse<DeviceType>(parts[0].ToUpperInvariant());
            index = parts.Length == 2 ? int.Parse(parts[1]) : -1;
        }

        /// <summary>From a kind and a number; -1 is the current one.</summary>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <summary>The kind.</summary>
        public DeviceType type { get; private set; }

        /// <summary>The number, or -1 for the current one.</summary>
        public int index { get; private set; }

        /// <summary>As PyTorch writes it: "cpu", "cuda", "cuda:1".</summary>
        public override string ToString()
        {
            var kind = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? kind : $"{kind}:{index}";
        }

        /// <summary>From a text such as "cuda:1".</summary>
        public static implicit operator Device(string description) => new(description);
    }

    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The current CUDA device.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Device CUDA => InitializeDevice(new Device(DeviceType.CUDA));

    /// <summary>A device from a text such as "cuda:1".</summary>
    public static Device device(string description) => InitializeDevice(new Device(description));

    /// <summary>A device from its kind and number.</summary>
    public static Device device(DeviceType deviceType, int index = -1) =>
        InitializeDevice(new Device(deviceType, index));

    /// <summary>The device, or the CPU; fails early and readably where libtorch has no such device.</summary>
    internal static Device InitializeDevice(Device? device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    internal static void InitializeDeviceType(DeviceType type)
    {
        if (type == DeviceType.CUDA && !cuda.is_available())
        {
            throw new InvalidOperationException("This libtorch has no CUDA, or finds no CUDA device.");
        }
    }
}
