namespace TorchSharp;

public static partial class torch
{
    // Arithmetic with tensors and numbers, and in place.
    public partial class Tensor
    {
        private static readonly Operator Add = new("add", "Tensor");
        private static readonly Operator AddScalar = new("add", "Scalar");
        private static readonly Operator AddIn = new("add_", "Tensor");
        private static readonly Operator AddScalarIn = new("add_", "Scalar");
        private static readonly Operator Sub = new("sub", "Tensor");
        private static readonly Operator SubScalar = new("sub", "Scalar");
        private static readonly Operator SubIn = new("sub_", "Tensor");
        private static readonly Operator SubScalarIn = new("sub_", "Scalar");
        private static readonly Operator Mul = new("mul", "Tensor");
        private static readonly Operator MulScalar = new("mul", "Scalar");
        private static readonly Operator MulIn = new("mul_", "Tensor");
        private static readonly Operator MulScalarIn = new("mul_", "Scalar");
        private static readonly Operator Div = new("div", "Tensor");
        private static readonly Operator DivMode = new("div", "Tensor_mode");
        private static readonly Operator DivScalar = new("div", "Scalar");
        private static readonly Operator DivScalarMode = new("div", "Scalar_mode");
        private static readonly Operator DivIn = new("div_", "Tensor");
        private static readonly Operator DivModeIn = new("div_", "Tensor_mode");
        private static readonly Operator DivScalarIn = new("div_", "Scalar");
        private static readonly Operator DivScalarModeIn = new("div_", "Scalar_mode");
        private static readonly Operator AddcmulIn = new("addcmul_");
        private static readonly Operator AddcdivIn = new("addcdiv_");
        private static readonly Operator LerpIn = new("lerp_", "Tensor");
        private static readonly Operator PowScalar = new("pow", "Tensor_Scalar");

        /// <summary>The sum of two tensors.</summary>
        public Tensor add(Tensor target) => Add.Call(this, target);

        /// <summary>This tensor plus <paramref name="alpha"/> times another.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Add.Call(this, target, alpha);

        /// <summary>The sum with a number.</summary>
        public Tensor add(Scalar scalar) => AddScalar.Call(this, scalar);

        /// <summary>Adds another tensor in place.</summary>
        public Tensor add_(Tensor target) => AddIn.InPlace(this, this, target);

        /// <summary>Adds <paramref name="alpha"/> times another tensor in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => AddIn.InPlace(this, this, target, alpha);

        /// <summary>Adds a number in place.</summary>
        public Tensor add_(Scalar scalar) => AddScalarIn.InPlace(this, this, scalar);

        /// <summary>The difference of two tensors.</summary>
        public Tensor sub(Tensor target) => Sub.Call(this, target);

        /// <summary>The difference with a number.</summary>
        public Tensor sub(Scalar target) => SubScalar.Call(this, target);

        /// <summary>Subtracts another tensor in place.</summary>
        public Tensor sub_(Tensor target) => SubIn.InPlace(this, this, target);

        /// <summary>Subtracts a number in place.</summary>
        public Tensor sub_(Scalar target) => SubScalarIn.InPlace(this, this, target);

        /// <summary>The product of two tensors.</summary>
        public Tensor mul(Tensor target) => Mul.Call(this, target);

        /// <summary>The product with a number.</summary>
        public Tensor mul(Scalar target) => MulScalar.Call(this, target);

        /// <summary>Multiplies by another tensor in place.</summary>
        public Tensor mul_(Tensor target) => MulIn.InPlace(this, this, target);

        /// <summary>Multiplies by a number in place.</summary>
        public Tensor mul_(Scalar target) => MulScalarIn.InPlace(this, this, target);

        /// <summary>The quotient of two tensors.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Div.Call(this, target)
                : DivMode.Call(this, target, rounding_mode.ToString());

        /// <summary>The quotient by a number.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? DivScalar.Call(this, target)
                : DivScalarMode.Call(this, target, rounding_mode.ToString());

        /// <summary>Divides by another tensor in place.</summary>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? DivIn.InPlace(this, this, target)
                : DivModeIn.InPlace(this, this, target, rounding_mode.ToString());

        /// <summary>Divides by a number in place.</summary>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? DivScalarIn.InPlace(this, this, target)
                : DivScalarModeIn.InPlace(this, this, target, rounding_mode.ToString());

        /// <summary>Adds <paramref name="value"/> times the product of two others in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            AddcmulIn.InPlace(this, this, tensor1, tensor2, value);

        /// <summary>Adds <paramref name="value"/> times the quotient of two others in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            AddcdivIn.InPlace(this, this, tensor1, tensor2, value);

        /// <summary>Interpolates towards another tensor by weights in place.</summary>
        public Tensor lerp_(Tensor end, Tensor weight) => LerpIn.InPlace(this, this, end, weight);

        /// <summary>The power to a number.</summary>
        public Tensor pow(Scalar exponent) => PowScalar.Call(this, exponent);
    }
}
