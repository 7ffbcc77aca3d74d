namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A source of random numbers on the CPU.</summary>
    public class Generator : IDisposable
    {
        internal Generator(nint handle)
        {
            Handle = handle;
            device = CPU;
        }

        /// <summary>A generator of its own, independent of the default one.</summary>
        /// <exception cref="NotSupportedException">The device is not the CPU.</exception>
        public Generator(ulong seed = 0, Device? device = null)
            : this(New(seed, device))
        {
        }

        /// <summary>Releases the native generator.</summary>
        ~Generator() => Dispose(false);

        /// <summary>The native generator.</summary>
        public nint Handle { get; private set; }

        /// <summary>The device it draws on.</summary>
        public Device device { get; private set; }

        /// <summary>The generator that everything draws from unless told otherwise.</summary>
        public static Generator Default
        {
            get
            {
                Bridge.Check(Bridge.DefaultGenerator(out var handle));
                return new Generator(handle);
            }
        }

        /// <summary>The state, as a tensor of bytes.</summary>
        public Tensor get_state()
        {
            Bridge.Check(Bridge.GeneratorState(Handle, out var state));
            return new Tensor(state);
        }

        /// <summary>Restores a state.</summary>
        public void set_state(Tensor value) => Bridge.Check(Bridge.GeneratorSetState(Handle, value.Handle));

        /// <summary>Starts the sequence of a seed.</summary>
        public Generator manual_seed(long seed)
        {
            Bridge.Check(Bridge.GeneratorSeed(Handle, seed));
            return this;
        }

        /// <summary>Releases the native generator.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the native generator.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (Handle != 0)
            {
                Bridge.ReleaseGenerator(Handle);
                Handle = 0;
            }
        }

        private static nint New(ulong seed, Device? device)
        {
            if (device is { type: not DeviceType.CPU })
            {
                throw new NotSupportedException($"A generator on {device} is not supported.");
            }

            Bridge.Check(Bridge.NewGenerator(seed, out var handle));
            return handle;
        }
    }
}
