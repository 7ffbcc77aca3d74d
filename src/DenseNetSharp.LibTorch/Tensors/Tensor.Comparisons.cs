namespace TorchSharp;

public static partial class torch
{
    // Comparisons and logic.
    public partial class Tensor
    {
        private static readonly Operator Eq = new("eq", "Tensor");
        private static readonly Operator EqScalar = new("eq", "Scalar");
        private static readonly Operator Ne = new("ne", "Tensor");
        private static readonly Operator NeScalar = new("ne", "Scalar");
        private static readonly Operator Lt = new("lt", "Tensor");
        private static readonly Operator LtScalar = new("lt", "Scalar");
        private static readonly Operator Le = new("le", "Tensor");
        private static readonly Operator LeScalar = new("le", "Scalar");
        private static readonly Operator Gt = new("gt", "Tensor");
        private static readonly Operator GtScalar = new("gt", "Scalar");
        private static readonly Operator Ge = new("ge", "Tensor");
        private static readonly Operator GeScalar = new("ge", "Scalar");
        private static readonly Operator Isnan = new("isnan");
        private static readonly Operator Isfinite = new("isfinite");
        private static readonly Operator Allclose = new("allclose");

        /// <summary>Whether each element is equal.</summary>
        public Tensor eq(Tensor target) => Eq.Call(this, target);

        /// <summary>Whether each element is equal.</summary>
        public Tensor eq(Scalar target) => EqScalar.Call(this, target);

        /// <summary>Whether each element is not equal.</summary>
        public Tensor ne(Tensor target) => Ne.Call(this, target);

        /// <summary>Whether each element is not equal.</summary>
        public Tensor ne(Scalar target) => NeScalar.Call(this, target);

        /// <summary>Whether each element is less.</summary>
        public Tensor lt(Tensor target) => Lt.Call(this, target);

        /// <summary>Whether each element is less.</summary>
        public Tensor lt(Scalar target) => LtScalar.Call(this, target);

        /// <summary>Whether each element is less or equal.</summary>
        public Tensor le(Tensor target) => Le.Call(this, target);

        /// <summary>Whether each element is less or equal.</summary>
        public Tensor le(Scalar target) => LeScalar.Call(this, target);

        /// <summary>Whether each element is greater.</summary>
        public Tensor gt(Tensor target) => Gt.Call(this, target);

        /// <summary>Whether each element is greater.</summary>
        public Tensor gt(Scalar target) => GtScalar.Call(this, target);

        /// <summary>Whether each element is greater or equal.</summary>
        public Tensor ge(Tensor target) => Ge.Call(this, target);

        /// <summary>Whether each element is greater or equal.</summary>
        public Tensor ge(Scalar target) => GeScalar.Call(this, target);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        /// <summary>Whether each element is not a number.</summary>
        public Tensor isnan() => Isnan.Call(this);

        /// <summary>Whether each element is a finite number.</summary>
        public Tensor isfinite() => Isfinite.Call(this);

        /// <summary>Whether all elements are within tolerance.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Allclose.CallValue(this, target, rtol, atol, equal_nan).Int != 0;
    }
}
