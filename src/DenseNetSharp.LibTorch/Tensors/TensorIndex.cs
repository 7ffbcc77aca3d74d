namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of an index, as in Python's <c>x[..., 1:3, None]</c>.</summary>
    public struct TensorIndex
    {
        internal enum Kind
        {
            None,
            Single,
            Ellipsis,
            Tensor,
            Slice,
        }

        internal Kind kind;
        internal long? first;
        internal long? stop;
        internal long? step;
        internal Tensor? tensor;

        /// <summary>As many whole dimensions as needed.</summary>
        public static TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };

        /// <summary>A new dimension of size one.</summary>
        public static TensorIndex None = new() { kind = Kind.None };

        /// <summary>The whole dimension.</summary>
        public static TensorIndex Colon = Slice();

        /// <summary>Part of a dimension; null is an open end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { kind = Kind.Slice, first = start, stop = stop, step = step };

        /// <summary>One position, whose dimension goes.</summary>
        public static TensorIndex Single(long? index) => new() { kind = Kind.Single, first = index };

        /// <summary>Positions, or a mask.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { kind = Kind.Tensor, tensor = tensor };

        /// <summary>One position.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>Part of a dimension, such as <c>1..^1</c>.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);

        /// <summary>One position, counted from either end.</summary>
        public static implicit operator TensorIndex(Index index) =>
            Single(index.IsFromEnd ? -index.Value : index.Value);
    }
}
