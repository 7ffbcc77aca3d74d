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
        private static readonly Operator LogicalAnd = new("logical_and");
        private static readonly Operator LogicalOr = new("logical_or");
        private static readonly Operator LogicalXor = new("logical_xor");
        private static readonly Operator LogicalNot = new("logical_not");
        private static readonly Operator BitwiseAnd = new("bitwise_and", "Tensor");
        private static readonly Operator BitwiseOr = new("bitwise_or", "Tensor");
        private static readonly Operator BitwiseXor = new("bitwise_xor", "Tensor");
        private static readonly Operator BitwiseNot = new("bitwise_not");
        private static readonly Operator Isnan = new("isnan");
        private static readonly Operator Isinf = new("isinf");
        private static readonly Operator Isfinite = new("isfinite");
        private static readonly Operator Isclose = new("isclose");
        private static readonly Operator Allclose = new("allclose");

        /// <summary>Whether each element is equal.</summary>
        public Tensor eq(Tensor target) => Eq.Call(this, target);

        /// <summary>Whether each element is equal.</summary>
        public Tensor eq(Scalar target) => EqScalar.Call(this, target);

        /// <summary>Whether each element is equal.</summary>
        public Tensor equal(Tensor target) => eq(target);

        /// <summary>Whether each element is not equal.</summary>
        public Tensor ne(Tensor target) => Ne.Call(this, target);

        /// <summary>Whether each element is not equal.</summary>
        public Tensor ne(Scalar target) => NeScalar.Call(this, target);

        /// <summary>Whether each element is not equal.</summary>
        public Tensor not_equal(Tensor target) => ne(target);

        /// <summary>Whether each element is less.</summary>
        public Tensor lt(Tensor target) => Lt.Call(this, target);

        /// <summary>Whether each element is less.</summary>
        public Tensor lt(Scalar target) => LtScalar.Call(this, target);

        /// <summary>Whether each element is less.</summary>
        public Tensor less(Tensor target) => lt(target);

        /// <summary>Whether each element is less or equal.</summary>
        public Tensor le(Tensor target) => Le.Call(this, target);

        /// <summary>Whether each element is less or equal.</summary>
        public Tensor le(Scalar target) => LeScalar.Call(this, target);

        /// <summary>Whether each element is less or equal.</summary>
        public Tensor less_equal(Tensor target) => le(target);

        /// <summary>Whether each element is greater.</summary>
        public Tensor gt(Tensor target) => Gt.Call(this, target);

        /// <summary>Whether each element is greater.</summary>
        public Tensor gt(Scalar target) => GtScalar.Call(this, target);

        /// <summary>Whether each element is greater.</summary>
        public Tensor greater(Tensor target) => gt(target);

        /// <summary>Whether each element is greater or equal.</summary>
        public Tensor ge(Tensor target) => Ge.Call(this, target);

        /// <summary>Whether each element is greater or equal.</summary>
        public Tensor ge(Scalar target) => GeScalar.Call(this, target);

        /// <summary>Whether each element is greater or equal.</summary>
        public Tensor greater_equal(Tensor target) => ge(target);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);

        /// <summary>Whether both are true, element by element.</summary>
        public Tensor logical_and(Tensor other) => LogicalAnd.Call(this, other);

        /// <summary>Whether either is true, element by element.</summary>
        public Tensor logical_or(Tensor other) => LogicalOr.Call(this, other);

        /// <summary>Whether exactly one is true, element by element.</summary>
        public Tensor logical_xor(Tensor other) => LogicalXor.Call(this, other);

        /// <summary>Whether each element is false.</summary>
        public Tensor logical_not() => LogicalNot.Call(this);

        /// <summary>The bits that both have.</summary>
        public Tensor bitwise_and(Tensor other) => BitwiseAnd.Call(this, other);

        /// <summary>The bits that either has.</summary>
        public Tensor bitwise_or(Tensor other) => BitwiseOr.Call(this, other);

        /// <summary>The bits that exactly one has.</summary>
        public Tensor bitwise_xor(Tensor other) => BitwiseXor.Call(this, other);

        /// <summary>The opposite bits.</summary>
        public Tensor bitwise_not() => BitwiseNot.Call(this);

        /// <summary>Whether each element is not a number.</summary>
        public Tensor isnan() => Isnan.Call(this);

        /// <summary>Whether each element is infinite.</summary>
        public Tensor isinf() => Isinf.Call(this);

        /// <summary>Whether each element is a finite number.</summary>
        public Tensor isfinite() => Isfinite.Call(this);

        /// <summary>Whether each element is within tolerance of the other's.</summary>
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Isclose.Call(this, other, rtol, atol, nanEqual);

        /// <summary>Whether all elements are within tolerance.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Allclose.CallValue(this, target, rtol, atol, equal_nan).Int != 0;
    }
}
