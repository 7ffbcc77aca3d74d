using System.Runtime.CompilerServices;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>
    /// A tensor. It owns one reference to libtorch's tensor until it is disposed; dispose scopes do that for the
    /// intermediate results of a computation.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static readonly Operator EqualOperator = new("equal");

        private static long _totalCount;

        internal nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            Interlocked.Increment(ref _totalCount);
            if (register)
            {
                OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
            }
        }

        /// <summary>Releases the tensor, if nothing disposed it.</summary>
        ~Tensor() => Dispose(false);

        /// <summary>How many tensors are alive in the process.</summary>
        public static long TotalCount => _totalCount;

        /// <summary>Whether the tensor has been disposed, or its handle moved elsewhere.</summary>
        public bool IsInvalid => handle == 0;

        /// <summary>The native tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public nint Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => handle != 0 ? handle : ThrowInvalid();
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Releases the tensor.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the tensor.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0)
            {
                return;
            }

            OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref _totalCount);
            Bridge.Release(handle);
            handle = 0;
        }

        /// <summary>Gives up the native tensor without releasing it.</summary>
        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            var moved = Handle;
            Interlocked.Decrement(ref _totalCount);
            handle = 0;
            return moved;
        }

        /// <summary>Hands the tensor to the scope around its own, if it has one.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope: it lives until it is disposed.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Hands the tensor to the scope of another.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        /// <summary>Hands the tensor to a scope; null takes it out of its own.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null && other is not null)
            {
                other.Attach(this);
            }
            else
            {
                OwningDisposeScope?.MoveToOther(other, this);
            }

            return this;
        }

        /// <summary>Whether the other is a tensor with the same shape and elements.</summary>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether the other has the same shape and elements.</summary>
        public bool Equals(Tensor target) => target is not null && EqualOperator.CallValue(this, target).Int != 0;

        /// <summary>The identity of this object, not of its elements.</summary>
        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        /// <summary>Shape, type and device: "[2x3], type = Float32, device = cpu".</summary>
        public override string ToString() =>
            $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        // Moves the native tensor out. TorchSharp counts both wrappers from then on, and so does this.
        internal nint MoveHandle()
        {
            var moved = Handle;
            handle = 0;
            return moved;
        }

        internal TensorInfo Info
        {
            get
            {
                TensorInfo info;
                Bridge.Check(Bridge.Info(Handle, &info));
                return info;
            }
        }

        private static nint ThrowInvalid() => throw new InvalidOperationException("Tensor invalid -- empty handle.");
    }
}
