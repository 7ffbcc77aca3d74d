using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // To another device or type.
        public partial class Module
        {
            /// <summary>The kind of device the module was last moved to.</summary>
            protected DeviceType _deviceType = DeviceType.CPU;

            /// <summary>The number of that device.</summary>
            protected int _deviceIndex = -1;

            /// <summary>Moves to the device and type of a tensor.</summary>
            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            /// <summary>Moves to a device and a type.</summary>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                InitializeDeviceType(device.type);
                _toEpilog(device.type == DeviceType.CUDA ? device : new Device(device.type), dtype, non_blocking);
                return this;
            }

            /// <summary>Moves to a device.</summary>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                var index = deviceType == DeviceType.CUDA ? deviceIndex : -1;
                if (deviceType != _deviceType || index != _deviceIndex)
                {
                    InitializeDeviceType(deviceType);
                    _toEpilog(deviceType, index, non_blocking);
                }

                return this;
            }

            /// <summary>Changes the type of the elements.</summary>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            /// <summary>Replaces the tensors.</summary>
            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            /// <summary>Replaces the tensors.</summary>
            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) =>
                _toEpilog(dtype, device, non_blocking);

            /// <summary>Replaces the tensors.</summary>
            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>
            /// Replaces the tensors of this module and its submodules, in the registers and in the fields.
            /// </summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, child) in named_children())
                {
                    _ = (dtype, device) switch
                    {
                        ({ } type, { } target) => child._to(target, type, non_blocking),
                        ({ } type, null) => child._to(type, non_blocking),
                        (null, { } target) => child._to(target.type, target.index, non_blocking),
                        _ => throw new ArgumentNullException($"{nameof(dtype)} and {nameof(device)} are both null,"),
                    };
                }

                foreach (var (name, parameter) in named_parameters(false).ToList())
                {
                    if (ReplaceParameter(dtype, device, parameter, out var replacement))
                    {
                        Replace(name, parameter, replacement!);
                        _internal_params[name] = replacement!;
                    }
                }

                foreach (var (name, buffer) in named_buffers(false).ToList())
                {
                    if (ReplaceBuffer(dtype, device, buffer, out var replacement))
                    {
                        Replace(name, buffer, replacement!);
                        _internal_buffers[name] = (replacement!, true);
                    }
                }

                if (device is not null)
                {
                    _deviceType = device.type;
                    _deviceIndex = device.index;
                }
            }

            /// <summary>A buffer's replacement, if one is needed; the old one is disposed.</summary>
            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                if (!buffer.toWillCopy(dtype ?? buffer.dtype, device ?? buffer.device))
                {
                    return false;
                }

                result = buffer
                    .to(TypeFor(buffer, dtype), device ?? buffer.device, disposeAfter: true)
                    .DetachFromDisposeScope();
                return true;
            }

            /// <summary>A parameter's replacement, gradient included, if one is needed.</summary>
            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                using var grad = param.grad;
                var (type, target) = (dtype ?? param.dtype, device ?? param.device);
                if (!param.toWillCopy(type, target) && (grad is null || !grad.toWillCopy(type, target)))
                {
                    return false;
                }

                // The move is no part of the graph, and the result must be a leaf.
                using var mode = no_grad();
                p = new Parameter(param.to(TypeFor(param, dtype), target), param.requires_grad);
                p.DetachFromDisposeScope();
                if (grad is not null)
                {
                    using var moved = grad.to(TypeFor(param, dtype), target).with_requires_grad(grad.requires_grad);
                    p.grad = moved;
                }

                return true;
            }

            private static ScalarType TypeFor(Tensor tensor, ScalarType? dtype) =>
                dtype is { } type && tensor.is_floating_point() ? type : tensor.dtype;

            private static void CheckType(ScalarType dtype)
            {
                if (!torch.is_floating_point(dtype))
                {
                    throw new ArgumentException(
                        $"nn.Module.to only accepts floating point types, but got desired dtype={dtype}");
                }
            }

            private void Replace(string name, Tensor old, Tensor replacement)
            {
                foreach (var field in Fields())
                {
                    if (field.ComponentName() == name && field.FieldType.IsInstanceOfType(replacement))
                    {
                        field.SetValue(this, replacement);
                    }
                }

                old.Dispose();
            }
        }
    }
}
