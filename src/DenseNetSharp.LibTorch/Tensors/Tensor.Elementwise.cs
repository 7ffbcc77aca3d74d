namespace TorchSharp;

public static partial class torch
{
    // Functions of each element.
    public partial class Tensor
    {
        private static readonly Operator Neg = new("neg");
        private static readonly Operator NegIn = new("neg_");
        private static readonly Operator Abs = new("abs");
        private static readonly Operator AbsIn = new("abs_");
        private static readonly Operator Exp = new("exp");
        private static readonly Operator ExpIn = new("exp_");
        private static readonly Operator Log = new("log");
        private static readonly Operator LogIn = new("log_");
        private static readonly Operator Sqrt = new("sqrt");
        private static readonly Operator SqrtIn = new("sqrt_");
        private static readonly Operator Rsqrt = new("rsqrt");
        private static readonly Operator RsqrtIn = new("rsqrt_");
        private static readonly Operator Reciprocal = new("reciprocal");
        private static readonly Operator ReciprocalIn = new("reciprocal_");
        private static readonly Operator Sin = new("sin");
        private static readonly Operator SinIn = new("sin_");
        private static readonly Operator Cos = new("cos");
        private static readonly Operator CosIn = new("cos_");
        private static readonly Operator Tanh = new("tanh");
        private static readonly Operator TanhIn = new("tanh_");
        private static readonly Operator Floor = new("floor");
        private static readonly Operator FloorIn = new("floor_");
        private static readonly Operator Ceil = new("ceil");
        private static readonly Operator CeilIn = new("ceil_");
        private static readonly Operator Sign = new("sign");
        private static readonly Operator SignIn = new("sign_");
        private static readonly Operator Sigmoid = new("sigmoid");
        private static readonly Operator SigmoidIn = new("sigmoid_");
        private static readonly Operator Relu = new("relu");
        private static readonly Operator ReluIn = new("relu_");
        private static readonly Operator Round = new("round", "decimals");
        private static readonly Operator Clamp = new("clamp");
        private static readonly Operator ClampIn = new("clamp_");
        private static readonly Operator ClampMax = new("clamp_max");
        private static readonly Operator ClampMin = new("clamp_min");
        private static readonly Operator Maximum = new("maximum");
        private static readonly Operator Minimum = new("minimum");
        private static readonly Operator Where = new("where", "self");
        private static readonly Operator MaskedFill = new("masked_fill", "Scalar");
        private static readonly Operator MaskedFillIn = new("masked_fill_", "Scalar");
        private static readonly Operator FillIn = new("fill_", "Scalar");
        private static readonly Operator ZeroIn = new("zero_");

        /// <summary>The negative.</summary>
        public Tensor neg() => Neg.Call(this);

        /// <summary>The negative, in place.</summary>
        public Tensor neg_() => NegIn.InPlace(this, this);

        /// <summary>The absolute value.</summary>
        public Tensor abs() => Abs.Call(this);

        /// <summary>The absolute value, in place.</summary>
        public Tensor abs_() => AbsIn.InPlace(this, this);

        /// <summary>The exponential.</summary>
        public Tensor exp() => Exp.Call(this);

        /// <summary>The exponential, in place.</summary>
        public Tensor exp_() => ExpIn.InPlace(this, this);

        /// <summary>The natural logarithm.</summary>
        public Tensor log() => Log.Call(this);

        /// <summary>The natural logarithm, in place.</summary>
        public Tensor log_() => LogIn.InPlace(this, this);

        /// <summary>The square root.</summary>
        public Tensor sqrt() => Sqrt.Call(this);

        /// <summary>The square root, in place.</summary>
        public Tensor sqrt_() => SqrtIn.InPlace(this, this);

        /// <summary>The reciprocal of the square root.</summary>
        public Tensor rsqrt() => Rsqrt.Call(this);

        /// <summary>The reciprocal of the square root, in place.</summary>
        public Tensor rsqrt_() => RsqrtIn.InPlace(this, this);

        /// <summary>The reciprocal.</summary>
        public Tensor reciprocal() => Reciprocal.Call(this);

        /// <summary>The reciprocal, in place.</summary>
        public Tensor reciprocal_() => ReciprocalIn.InPlace(this, this);

        /// <summary>The sine.</summary>
        public Tensor sin() => Sin.Call(this);

        /// <summary>The sine, in place.</summary>
        public Tensor sin_() => SinIn.InPlace(this, this);

        /// <summary>The cosine.</summary>
        public Tensor cos() => Cos.Call(this);

        /// <summary>The cosine, in place.</summary>
        public Tensor cos_() => CosIn.InPlace(this, this);

        /// <summary>The hyperbolic tangent.</summary>
        public Tensor tanh() => Tanh.Call(this);

        /// <summary>The hyperbolic tangent, in place.</summary>
        public Tensor tanh_() => TanhIn.InPlace(this, this);

        /// <summary>The next integer below.</summary>
        public Tensor floor() => Floor.Call(this);

        /// <summary>The next integer below, in place.</summary>
        public Tensor floor_() => FloorIn.InPlace(this, this);

        /// <summary>The next integer above.</summary>
        public Tensor ceil() => Ceil.Call(this);

        /// <summary>The next integer above, in place.</summary>
        public Tensor ceil_() => CeilIn.InPlace(this, this);

        /// <summary>The sign: -1, 0 or 1.</summary>
        public Tensor sign() => Sign.Call(this);

        /// <summary>The sign: -1, 0 or 1, in place.</summary>
        public Tensor sign_() => SignIn.InPlace(this, this);

        /// <summary>The logistic function.</summary>
        public Tensor sigmoid() => Sigmoid.Call(this);

        /// <summary>The logistic function, in place.</summary>
        public Tensor sigmoid_() => SigmoidIn.InPlace(this, this);

        /// <summary>The positive part.</summary>
        public Tensor relu() => Relu.Call(this);

        /// <summary>The positive part, in place.</summary>
        public Tensor relu_() => ReluIn.InPlace(this, this);

        /// <summary>The negative.</summary>
        public Tensor negative() => neg();

        /// <summary>Rounds to a number of decimals, halves to even.</summary>
        public Tensor round(long decimals = 0L) => Round.Call(this, decimals);

        /// <summary>The exponential function, normalised along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => special.softmax(this, dim, dtype);

        /// <summary>The logarithm of <see cref="softmax"/>.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => special.log_softmax(this, dim, dtype);

        /// <summary>Limits to a range; null leaves a side open.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Clamp.Call(this, min, max);

        /// <summary>Limits to a range in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => ClampIn.InPlace(this, this, min, max);

        /// <summary>Limits from above.</summary>
        public Tensor clamp_max(Scalar max) => ClampMax.Call(this, max);

        /// <summary>Limits from below.</summary>
        public Tensor clamp_min(Scalar min) => ClampMin.Call(this, min);

        /// <summary>The greater of two tensors, element by element.</summary>
        public Tensor maximum(Tensor other) => Maximum.Call(this, other);

        /// <summary>The lesser of two tensors, element by element.</summary>
        public Tensor minimum(Tensor other) => Minimum.Call(this, other);

        /// <summary>Elements of this tensor where the condition holds, of <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) =>
            condition.dtype == ScalarType.Bool
                ? Where.Call(condition, this, y)
                : throw new ArgumentException("The condition to 'where' must be a boolean tensor.");

        /// <summary>A copy with a value where the mask holds.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => MaskedFill.Call(this, mask, value);

        /// <summary>Sets a value where the mask holds.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => MaskedFillIn.InPlace(this, this, mask, value);

        /// <summary>Sets every element.</summary>
        public Tensor fill_(Scalar value) => FillIn.InPlace(this, this, value);

        /// <summary>Sets every element to zero.</summary>
        public Tensor zero_() => ZeroIn.InPlace(this, this);
    }
}
