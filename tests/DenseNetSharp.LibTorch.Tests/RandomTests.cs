using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class RandomTests
{
    [SkippableFact]
    public void Draws_after_a_seed_are_PyTorchs_to_the_bit()
    {
        var expected = PyTorchReference.Floats("""
            torch.manual_seed(42)
            out += [torch.rand(3), torch.randn(20), torch.randint(0, 100, (5,)), torch.randperm(10),
                torch.zeros(4).normal_(1, 2)]
            out += [torch.zeros(4).uniform_(-1, 1), torch.rand(2, 3)]
            """);

        manual_seed(42);
        using var scope = NewDisposeScope();
        Tensor[] actual =
        [
            rand(3), randn(20), randint(0, 100, [5]), randperm(10), zeros(4).normal_(1, 2),
            zeros(4).uniform_(-1, 1), rand(2, 3),
        ];

        Tensors.Floats(actual).Should().Equal(expected);
    }

    [Fact]
    public void The_random_state_can_be_kept_and_restored()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var state = get_rng_state();
        var first = rand(5);
        set_rng_state(state);

        rand(5).Equals(first).Should().BeTrue();
    }

    [Fact]
    public void A_generator_of_its_own_leaves_the_default_one_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var expected = rand(2);
        manual_seed(3);
        using var generator = new Generator(7);
        var own = rand(2, generator: generator);
        rand(2).Equals(expected).Should().BeTrue();
        generator.manual_seed(7);

        rand(2, generator: generator).Equals(own).Should().BeTrue();
    }

    [Fact]
    public void The_number_of_threads_can_be_set()
    {
        var before = get_num_threads();
        set_num_threads(2);
        get_num_threads().Should().Be(2);
        set_num_threads(before);
        get_num_interop_threads().Should().BePositive();
    }
}
