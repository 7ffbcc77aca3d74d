namespace TorchSharp;

public static unsafe partial class torch
{
    // Elements in and out.
    public partial class Tensor
    {
        /// <summary>The elements' memory as bytes. The tensor is on the CPU, contiguous and under 2 GiB.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous, or not on the CPU.</exception>
        /// <exception cref="ArgumentException">The tensor is too large, or the bytes assigned do not fit.</exception>
        public Span<byte> bytes
        {
            get
            {
                var size = ReadableBytes();
                return size <= int.MaxValue
                    ? new Span<byte>(Data, (int)size)
                    : throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            }

            set
            {
                if (value.Length != ReadableBytes())
                {
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                }

                value.CopyTo(new Span<byte>(Data, value.Length));
            }
        }

        internal void* Data
        {
            get
            {
                void* data;
                Bridge.Check(Bridge.Data(Handle, &data));
                return data;
            }
        }

        /// <summary>The elements, copied to the CPU where they are elsewhere.</summary>
        /// <typeparam name="T">The .NET type of the elements.</typeparam>
        /// <exception cref="ArgumentException">The elements are of another type.</exception>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return new Utils.TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">There is more than one, or it is of another type.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException("Number of elements in the tensor must be 1");
            }

            return data<T>()[0];
        }

        /// <summary>The only element, as a scalar.</summary>
        public Scalar ToScalar()
        {
            var value = Item.CallValue(this);
            return value.Tag switch
            {
                Tag.Double => Scalar.Of(value.Double),
                Tag.Bool => Scalar.Of(value.Int != 0),
                _ => Scalar.Of(value.Int),
            };
        }

        /// <summary>Writes the elements' memory to a stream. The tensor is on the CPU and contiguous.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var left = ReadableBytes();
            for (var at = (byte*)Data; left > 0;)
            {
                // The span goes to the stream as it is; its size bounds what one write is asked to take.
                var part = (int)Math.Min(left, Math.Max(bufferSize, 1 << 20));
                stream.Write(new ReadOnlySpan<byte>(at, part));
                at += part;
                left -= part;
            }
        }

        /// <summary>Fills the elements' memory from a stream. The tensor is on the CPU and contiguous.</summary>
        /// <exception cref="EndOfStreamException">The stream ends early.</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var left = ReadableBytes();
            for (var at = (byte*)Data; left > 0;)
            {
                var part = (int)Math.Min(left, Math.Max(bufferSize, 1 << 20));
                stream.ReadExactly(new Span<byte>(at, part));
                at += part;
                left -= part;
            }
        }

        internal void ValidateType(Type dotnetType)
        {
            var expected = dtype switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                _ => null,
            };
            if (expected != dotnetType)
            {
                throw new ArgumentException($"{dotnetType.Name} is not compatible with {dtype}");
            }
        }

        private long ReadableBytes()
        {
            var info = Info;
            if (!info.IsContiguous)
            {
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            }

            if (info.DeviceType != (int)DeviceType.CPU)
            {
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. " +
                    "Move or copy the tensor to the cpu before reading.");
            }

            return info.Count * info.ElementSize;
        }

        private static readonly Operator Item = new("item");
    }
}
