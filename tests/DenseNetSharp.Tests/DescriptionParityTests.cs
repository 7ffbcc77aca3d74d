using DenseNetSharp.Checkpoints;
using TorchSharp;

namespace DenseNetSharp.Tests;

public sealed class DescriptionParityTests(DescriptionParityTests.Reference reference)
    : IClassFixture<DescriptionParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("describe.py");

    [SkippableTheory]
    [MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void Text_is_what_PyTorch_prints(string name)
    {
        var expected = File.ReadAllText(reference[$"{name}.txt"]);
        using var model = Networks.Create(name);

        model.ToString().Should().Be(expected);
    }

    [SkippableTheory]
    [MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void Modules_have_PyTorchs_names_types_and_order_root_included(string name)
    {
        var expected = File.ReadAllLines(reference[$"{name}-modules.txt"]);
        using var model = Networks.Create(name);

        model.NamedModules().Select(m => $"{m.Name} {m.Module.GetType().Name}").Should().Equal(expected);
    }

    [SkippableTheory]
    [MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void A_checkpoint_of_the_model_has_PyTorchs_keys_shapes_and_order(string name)
    {
        var expected = File.ReadAllLines(reference[$"{name}-keys.txt"]);
        using var model = Networks.Create(name);
        using var checkpoint = model.ToCheckpoint();

        checkpoint.Tensors.Select(t => $"{t.Key} [{string.Join(", ", t.Value.Shape)}]").Should().Equal(expected);
    }

    [SkippableTheory]
    [MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void Initial_weights_after_manual_seed_are_torchvisions_to_the_bit(string name)
    {
        using var expected = Checkpoint.Open(reference[$"{name}-initial.pth"]);
        torch.manual_seed(1234);
        using var model = Networks.Create(name);

        model.StateShouldBe(expected);
    }
}
