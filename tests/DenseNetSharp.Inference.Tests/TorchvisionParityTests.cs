using System.Globalization;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Inference.Tests;

public sealed class TorchvisionParityTests(TorchvisionNetworks networks) : IClassFixture<TorchvisionNetworks>
{
    private string Folder => Path.GetDirectoryName(networks["densenet121.pth"])!;

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void Logits_and_features_are_torchvisions_on_all_networks(int threads) =>
        TorchvisionNetworks.LargestDifference(Folder, kernel: null, threads).Should().BeLessThan(Logits.Tolerance);

    [SkippableTheory]
    [InlineData(FusedKernel.Avx2)]
    [InlineData(FusedKernel.Vector128)]
    public void Lesser_kernels_give_the_same_on_a_better_processor(FusedKernel kernel) =>
        TorchvisionNetworks.LargestDifference(Folder, kernel, threads: 2).Should().BeLessThan(Logits.Tolerance);

    /// <summary>A variable that takes instructions from the process, and the kernel that is left to it.</summary>
    public static readonly TheoryData<string, FusedKernel> Environments = new()
    {
        { "DOTNET_EnableAVX512", FusedKernel.Avx2 },
        { "DOTNET_EnableAVX2", FusedKernel.Vector128 },
        { "DOTNET_EnableHWIntrinsic", FusedKernel.Vector128 },
    };

    [SkippableTheory]
    [MemberData(nameof(Environments))]
    public void A_process_with_fewer_instructions_takes_lesser_kernels_and_gives_the_same(string variable, FusedKernel kernel)
    {
        Skip.IfNot(System.Runtime.Intrinsics.X86.Avx2.IsSupported, "x64 with AVX2 only");

        var answer = ChildProcess.Run(typeof(Program).Assembly.Location, ["parity", Folder], (variable, "0")).Split(' ');

        answer[0].Should().Be(kernel.ToString());
        double.Parse(answer[1], CultureInfo.InvariantCulture).Should().BeLessThan(Logits.Tolerance);
    }

    [SkippableFact]
    public void The_best_kernels_are_chosen()
    {
        using var engine = TorchvisionNetworks.Load(Folder, "fashion");

        engine.Kernel.Should().Be(
            System.Runtime.Intrinsics.X86.Avx512DQ.IsSupported ? FusedKernel.Avx512
            : System.Runtime.Intrinsics.X86.Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported ? FusedKernel.Avx2
            : FusedKernel.Vector128);
    }

    [SkippableTheory]
    [InlineData(FusedKernel.Avx512)]
    [InlineData(FusedKernel.Avx2)]
    [InlineData(FusedKernel.Vector128)]
    public void An_image_that_is_not_a_number_spoils_its_own_logits_and_no_others(FusedKernel kernel)
    {
        // torchvision's answer to the same.
        using var engine = TorchvisionNetworks.Load(Folder, "fashion", kernel);
        using var file = Checkpoint.Open(Path.Combine(Folder, "fashion-4x32x32.pth"));
        var images = file.Tensors["images"].ToSingleArray();
        var clean = Logits.Of(engine, images, 4, 32, 32);
        images[(32 * 32) + 500] = float.NaN;
        var expected = PythonReference.RunCode($"""
            import torch
            from torchvision.models.densenet import DenseNet
            model = DenseNet(growth_rate=16, block_config=(3, 4, 6, 3), num_init_features=32, num_classes=10)
            model.features.conv0 = torch.nn.Conv2d(1, 32, 7, stride=2, padding=3, bias=False)
            model.load_state_dict(torch.load(r"{Folder}/fashion.pth"))
            images = torch.load(r"{Folder}/fashion-4x32x32.pth")["images"]
            images.view(-1)[32 * 32 + 500] = float("nan")
            print("".join("x" if row.isnan().all() else "." if row.isfinite().all() else "?" for row in model.eval()(images)))
            """).Trim();

        var logits = Logits.Of(engine, images, 4, 32, 32);

        expected.Should().Be(".x..");
        logits.AsSpan(10, 10).ToArray().Should().AllSatisfy(value => float.IsNaN(value).Should().BeTrue());
        logits.AsSpan(0, 10).SequenceEqual(clean.AsSpan(0, 10)).Should().BeTrue();
        logits.AsSpan(20).SequenceEqual(clean.AsSpan(20)).Should().BeTrue();
        Logits.Of(engine, file.Tensors["images"].ToSingleArray(), 4, 32, 32).Should().Equal(clean, "no trace of it stays");
    }
}
