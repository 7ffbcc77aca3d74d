using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Moving modules, keeping their type.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>To an element type.</summary>
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(type, non_blocking);

    /// <summary>To a device and an element type.</summary>
    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(device, type, non_blocking);

    /// <summary>To a device.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(deviceType, deviceIndex, non_blocking);

    /// <summary>To a device.</summary>
    public static T to<T>(this T module, Device device, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);

    /// <summary>To a device by its name, such as "cuda:1".</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : nn.Module =>
        module.to(new Device(device), non_blocking);

    /// <summary>To the device and element type of a tensor.</summary>
    public static T to<T>(this T module, Tensor other, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(other.device, other.dtype, non_blocking);

    /// <summary>To the CPU.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(DeviceType.CPU, -1, non_blocking);

    /// <summary>To a CUDA device.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : nn.Module =>
        (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);
}
