using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A matrix product and a bias.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(bias))]
        private Parameter? _bias;

        [ComponentName(Name = nameof(weight))]
        private Parameter? _weight;

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            var shape = weight.shape;
            in_features = shape[1];
            out_features = shape[0];
            this.weight = weight;
            this.bias = bias;
        }

        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : this(
                nn.Parameter(empty(outputSize, inputSize, dtype, device)),
                hasBias ? nn.Parameter(empty(outputSize, dtype, device)) : null)
        {
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            nn.init.FillBias(weight, _bias);
        }

        /// <summary>The size of the argument's last dimension.</summary>
        public long in_features { get; set; }

        /// <summary>The size of the result's last dimension.</summary>
        public long out_features { get; set; }

        /// <summary>What is added, or null. Setting it disposes the old one.</summary>
        public Parameter? bias
        {
            get => _bias;
            set
            {
                _bias?.Dispose();
                _bias = value?.DetachFromDisposeScope() as Parameter;
                ConditionallyRegisterParameter(nameof(bias), _bias);
            }
        }

        /// <summary>The matrix, [out, in]. Setting it disposes the old one.</summary>
        public Parameter weight
        {
            get => _weight!;
            set
            {
                if (value.Handle != _weight?.Handle)
                {
                    _weight?.Dispose();
                    _weight = (Parameter)value.DetachFromDisposeScope();
                    ConditionallyRegisterParameter(nameof(weight), _weight);
                }
            }
        }

        /// <summary>[..., in] to [..., out].</summary>
        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, _bias);

        /// <summary>Disposes the parameters.</summary>
        protected override void Dispose(bool disposing) => base.Dispose(disposing);

        /// <summary>Moves to a device and an element type.</summary>
        protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) =>
            Move(dtype, device);

        /// <summary>Moves to a device.</summary>
        protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
            Move(null, new Device(deviceType, deviceIndex));

        /// <summary>Changes the element type.</summary>
        protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => Move(dtype, null);

        private Linear Move(ScalarType? dtype, Device? device)
        {
            if (ReplaceParameter(dtype, device, weight, out var newWeight))
            {
                weight = newWeight!;
            }

            if (_bias is not null && ReplaceParameter(dtype, device, _bias, out var newBias))
            {
                bias = newBias;
            }

            return this;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A matrix product and a bias, initialised as PyTorch does.</summary>
            public static Modules.Linear Linear(
                long inputSize, long outputSize, bool hasBias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);
        }
    }
}
