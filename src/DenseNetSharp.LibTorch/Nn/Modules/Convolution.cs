using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    /// <summary>What lies outside the image.</summary>
    public enum PaddingModes
    {
        /// <summary>Zeros.</summary>
        Zeros = 0,

        /// <summary>The image mirrored, without its edge.</summary>
        Reflect = 1,

        /// <summary>The edge repeated.</summary>
        Replicate = 2,

        /// <summary>The image repeated.</summary>
        Circular = 3,

        /// <summary>One number.</summary>
        Constant = 4,
    }

    /// <summary>Padding by its effect.</summary>
    public enum Padding
    {
        /// <summary>None.</summary>
        Valid = 0,

        /// <summary>As much as keeps the size.</summary>
        Same = 1,
    }
}

namespace TorchSharp.Modules
{
    /// <summary>A convolution.</summary>
    public abstract class Convolution : nn.Module<Tensor, Tensor>
    {
        /// <summary>One number for each output channel, or null.</summary>
        [ComponentName(Name = nameof(bias))]
        protected Parameter? _bias;

        /// <summary>The kernels.</summary>
        [ComponentName(Name = nameof(weight))]
        protected Parameter? _weight;

        /// <summary>
        /// The padding as <see cref="nn.functional.pad(Tensor, long[], PaddingModes, double)"/> takes it.
        /// </summary>
        protected long[] _reversed_padding_repeated_twice = [];

        /// <summary>Initialises as PyTorch does, from the random generator.</summary>
        protected Convolution(
            string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding,
            Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias,
            PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null)
            : base(name)
        {
            this.in_channels = in_channels;
            this.out_channels = out_channels;
            this.kernel_size = kernel_size;
            this.stride = stride;
            this.dilation = dilation;
            this.transposed = transposed;
            this.output_padding = output_padding;
            this.groups = groups;
            this.padding_mode = padding_mode;
            if (padding_type is { } type)
            {
                SetPadding(type);
            }
            else
            {
                SetPadding(padding ?? new long[kernel_size.Length]);
            }

            long[] channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
            weight = nn.Parameter(empty([.. channels, .. kernel_size], dtype, device));
            if (bias)
            {
                this.bias = nn.Parameter(empty(out_channels, dtype, device));
            }

            reset_parameters();
        }

        /// <summary>Channels of the argument.</summary>
        public long in_channels { get; }

        /// <summary>Channels of the result.</summary>
        public long out_channels { get; }

        /// <summary>Whether it is the gradient of a convolution.</summary>
        public bool transposed { get; }

        /// <summary>Padding by its effect, if it was given so.</summary>
        public Padding? padding_type { get; private set; }

        /// <summary>Padding by its size, if it was given so.</summary>
        public long[]? padding { get; private set; }

        /// <summary>What lies outside the image.</summary>
        public PaddingModes padding_mode { get; set; }

        /// <summary>Into how many parts the channels are divided.</summary>
        public long groups { get; set; }

        /// <summary>The size of the kernels.</summary>
        public long[] kernel_size { get; set; }

        /// <summary>How far apart the kernels are applied.</summary>
        public long[] stride { get; set; }

        /// <summary>How far apart a kernel's elements are.</summary>
        public long[] dilation { get; set; }

        /// <summary>For transposed convolutions.</summary>
        public long[] output_padding { get; set; }

        /// <summary>One number for each output channel, or null. Setting it disposes the old one.</summary>
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

        /// <summary>The kernels, [out, in / groups, height, width]. Setting it disposes the old ones.</summary>
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

        /// <summary>Initialises anew, from the random generator.</summary>
        public void reset_parameters()
        {
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            nn.init.FillBias(weight, _bias);
        }

        /// <summary>Sets the padding by its size.</summary>
        public void SetPadding(long[] padding)
        {
            padding_type = null;
            this.padding = padding;
            _reversed_padding_repeated_twice = padding.Reverse().SelectMany(size => new[] { size, size }).ToArray();
        }

        /// <summary>Sets the padding by its effect.</summary>
        /// <exception cref="ArgumentException">It is "same", and the stride is not one.</exception>
        public void SetPadding(Padding padding)
        {
            this.padding = null;
            padding_type = padding;
            _reversed_padding_repeated_twice = new long[2 * kernel_size.Length];
            if (padding != Padding.Same)
            {
                return;
            }

            if (stride.Any(step => step != 1))
            {
                throw new ArgumentException("padding='same' is not supported for strided convolutions");
            }

            for (var dim = 0; dim < kernel_size.Length; dim++)
            {
                var total = dilation[dim] * (kernel_size[dim] - 1);
                _reversed_padding_repeated_twice[2 * dim] = total / 2;
                _reversed_padding_repeated_twice[(2 * dim) + 1] = total - (total / 2);
            }
        }

        /// <summary>Whether the argument has the right dimensions and channels, with or without a batch.</summary>
        protected bool ValidateShape(Tensor input, long dimensions)
        {
            var shape = input.shape;
            return (shape.Length == dimensions + 2 && shape[1] == in_channels) ||
                (shape.Length == dimensions + 1 && shape[0] == in_channels);
        }

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

        private Convolution Move(ScalarType? dtype, Device? device)
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
