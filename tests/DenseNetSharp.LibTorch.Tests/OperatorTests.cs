using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class OperatorTests
{
    [SkippableFact]
    public void Operators_give_PyTorchs_numbers_to_the_bit()
    {
        var expected = PyTorchReference.Floats("""
            torch.manual_seed(1)
            a, b = torch.randn(3, 4), torch.rand(3, 4) + 0.5
            out += [a + b, a - b, a * b, a / b, 2 - a, 2 / b, a + 1, -a]
            out += [torch.add(a, b, alpha=0.5)]
            out += [a.clone().addcmul_(a, b, value=0.3), a.clone().addcdiv_(a, b, value=0.3)]
            out += [a.exp(), b.log(), b.sqrt(), a.abs(), a.sigmoid(), a.relu(), a.pow(2), b.pow(0.3)]
            out += [a.sum(), a.sum(1), a.mean(), a.mean([0], True)]
            out += [a.max(), a.min(), *a.max(1), *a.topk(2), a.argmax(), a.argmax(0)]
            out += [a.softmax(1), a.log_softmax(0), torch.maximum(a, b)]
            out += [a > 0, a <= b, a.eq(a), torch.where(a > 0, a, b)]
            out += [F.cross_entropy(a, torch.tensor([0, 3, 1]), label_smoothing=0.1)]
            out += [F.binary_cross_entropy_with_logits(a, (b > 1).float(), pos_weight=torch.tensor(2.0))]
            """);

        manual_seed(1);
        using var scope = NewDisposeScope();
        var (a, b) = (randn(3, 4), rand(3, 4) + 0.5);
        var (values, indices) = a.max(1);
        var (top, where) = a.topk(2);
        Tensor[] actual =
        [
            a + b, a - b, a * b, a / b, 2 - a, 2 / b, a + 1, -a,
            a.add(b, 0.5), a.clone().addcmul_(a, b, 0.3), a.clone().addcdiv_(a, b, 0.3),
            a.exp(), b.log(), b.sqrt(), a.abs(), a.sigmoid(), a.relu(), a.pow(2), b.pow(0.3),
            a.sum(), a.sum(1), a.mean(), a.mean([0], true),
            a.max(), a.min(), values, indices, top, where, a.argmax(), a.argmax(0),
            a.softmax(1), a.log_softmax(0), maximum(a, b),
            a > 0, a <= b, a.eq(a), torch.where(a > 0, a, b),
            nn.functional.cross_entropy(a, tensor(new long[] { 0, 3, 1 }), label_smoothing: 0.1),
            nn.functional.binary_cross_entropy_with_logits(a, (b > 1).@float(), pos_weights: tensor(2f)),
        ];

        Tensors.Floats(actual).Should().Equal(expected);
    }

    [SkippableFact]
    public void Layers_give_PyTorchs_numbers_to_the_bit()
    {
        var expected = PyTorchReference.Floats("""
            torch.manual_seed(2)
            x, w, v = torch.randn(2, 4, 9, 9), torch.randn(6, 2, 3, 3), torch.randn(6)
            mean, var = torch.randn(4), torch.rand(4) + 0.1
            out += [F.conv2d(x, w, v, stride=2, padding=1, groups=2), F.conv2d(x, w, padding='same', groups=2)]
            out += [F.batch_norm(x, mean, var, eps=1e-3), F.batch_norm(x, mean, var, training=True), mean, var]
            out += [F.max_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 2), F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)]
            out += [F.adaptive_avg_pool2d(x, (2, 3)), F.pad(x, (1, 2, 3, 4)), F.pad(x, (1, 1, 1, 1), mode='reflect')]
            out += [F.linear(x, torch.ones(2, 9), torch.ones(2)), F.dropout(x, 0.3)]
            """);

        manual_seed(2);
        using var scope = NewDisposeScope();
        var (x, w, v) = (randn(2, 4, 9, 9), randn(6, 2, 3, 3), randn(6));
        var (mean, var) = (randn(4), rand(4) + 0.1);
        var normalised = nn.functional.batch_norm(x, mean, var, eps: 1e-3);
        var training = nn.functional.batch_norm(x, mean, var, training: true);
        Tensor[] actual =
        [
            nn.functional.conv2d(x, w, v, [2, 2], [1, 1], groups: 2),
            nn.functional.conv2d_padding(x, w, padding: Padding.Same, groups: 2),
            normalised, training, mean, var,
            nn.functional.max_pool2d(x, 3, 2, 1), nn.functional.avg_pool2d(x, 2),
            nn.functional.avg_pool2d(x, 3, 2, 1, count_include_pad: false),
            nn.functional.adaptive_avg_pool2d(x, (2, 3)), nn.functional.pad(x, [1, 2, 3, 4]),
            nn.functional.pad(x, [1, 1, 1, 1], PaddingModes.Reflect),
            nn.functional.linear(x, ones(2, 9), ones(2)), nn.functional.dropout(x, 0.3),
        ];

        Tensors.Floats(actual).Should().Equal(expected);
    }

    [SkippableFact]
    public void Parts_of_a_tensor_are_PyTorchs()
    {
        var expected = PyTorchReference.Floats("""
            x = torch.arange(120.).reshape(2, 3, 4, 5)
            i, mask = torch.tensor([2, 0]), torch.tensor([True, False, True])
            out += [x[1], x[1, 2], x[1, 2, 3], x[..., 1:3], x[:, None, 0], x[:, 1:], x[-1, :-1, ::2], x[0, -1]]
            out += [x[:, i], x[:, mask], x[..., i], x[0, i, 1:3], x[x > 100], x[:, mask, 2:, i]]
            out += [x.narrow(2, 1, 2), x.index_select(1, i), x.select(1, 2), x.transpose(1, 3), x.permute(3, 0, 1, 2)]
            out += [x.view(6, 20), x.flatten(1), x.unsqueeze(1), x.squeeze(), torch.cat([x, x], 1),
                torch.stack([x, x], 1)]
            y = x.clone(); y[0, 1] = -1; y[:, mask, 0] = -2; out += [y]
            """);

        using var scope = NewDisposeScope();
        var x = Tensors.Counting(2, 3, 4, 5);
        var (i, mask) = (tensor(new long[] { 2, 0 }), tensor(new[] { true, false, true }));
        var y = x.clone();
        y[0, 1] = tensor(-1f);
        y[TensorIndex.Colon, TensorIndex.Tensor(mask), 0] = tensor(-2f);
        Tensor[] actual =
        [
            x[1], x[1, 2], x[1, 2, 3], x[TensorIndex.Ellipsis, 1..3], x[.., TensorIndex.None, 0], x[.., 1..],
            x[-1, ..^1, TensorIndex.Slice(step: 2)], x[0, -1],
            x[.., TensorIndex.Tensor(i)], x[.., TensorIndex.Tensor(mask)], x[TensorIndex.Ellipsis,
            TensorIndex.Tensor(i)],
            x[0, TensorIndex.Tensor(i), 1..3], x[x > 100], x[.., TensorIndex.Tensor(mask), 2.., TensorIndex.Tensor(i)],
            x.narrow(2, 1, 2), x.index_select(1, i), x.select(1, 2), x.transpose(1, 3), x.permute(3, 0, 1, 2),
            x.view(6, 20), x.flatten(1), x.unsqueeze(1), x.squeeze(), cat([x, x], 1), stack([x, x], 1),
            y,
        ];

        Tensors.Floats(actual).Should().Equal(expected);
    }

    [Fact]
    public void In_place_operators_change_their_tensor_and_return_it()
    {
        using var x = ones(2);

        x.add_(1).mul_(3).sub_(1).div_(5).Should().BeSameAs(x);

        x.data<float>().ToArray().Should().Equal(1f, 1f);
    }

    [Fact]
    public void An_error_in_libtorch_is_an_ExternalException_with_its_message()
    {
        using var x = ones(2, 3);

        FluentActions.Invoking(() => nn.functional.linear(x, x.transpose(0, 1))).Should().Throw<ExternalException>()
            .WithMessage("*mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)*");
        FluentActions.Invoking(() => x.reshape(4)).Should().Throw<ExternalException>()
            .WithMessage("*is invalid for input of size 6*");
        FluentActions.Invoking(() => x.size(2)).Should().Throw<ExternalException>().WithMessage("*out of range*");
    }

    [Fact]
    public void A_disposed_tensor_refuses_to_be_used()
    {
        var x = ones(2);
        x.Dispose();

        x.IsInvalid.Should().BeTrue();
        FluentActions.Invoking(() => x.add(1)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => x.shape).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void More_tensors_are_joined_than_fit_on_the_stack()
    {
        using var scope = NewDisposeScope();

        cat(Enumerable.Range(0, 500).Select(i => full([1], i)).ToList()).sum().ToInt64().Should().Be(499 * 500 / 2);
    }

    [Fact]
    public void Joining_one_tensor_gives_another_object_for_it_and_joining_none_is_refused()
    {
        using var x = ones(2);
        using var joined = cat([x]);

        joined.Should().NotBeSameAs(x);
        joined.data<float>().ToArray().Should().Equal(1f, 1f);
        FluentActions.Invoking(() => cat(Array.Empty<Tensor>())).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Comparison_operators_work_on_elements_and_Equals_on_the_whole()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor(new[] { 1f, 2 }), tensor(new[] { 1f, 3 }));

        (x == y).data<bool>().ToArray().Should().Equal(true, false);
        (x != 2).data<bool>().ToArray().Should().Equal(true, false);
        (x < 2).data<bool>().ToArray().Should().Equal(true, false);
        x.Equals(y).Should().BeFalse();
        x.Equals(x.clone()).Should().BeTrue();
        x.allclose(y, atol: 1).Should().BeTrue();
    }
}
