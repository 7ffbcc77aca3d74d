namespace DenseNetSharp.Tests;

public class TorchThreadsTests
{
    [SkippableFact]
    public void Limited_spinning_reaches_native_code()
    {
        RequireLinux();
        Variable("OMP_WAIT_POLICY").Should().Be("True passive");
    }

    [SkippableTheory]
    [InlineData("OMP_WAIT_POLICY", "active")]
    [InlineData("GOMP_SPINCOUNT", "5000")]
    public void What_the_user_has_set_stays(string name, string value)
    {
        RequireLinux();
        Variable(name, (name, value)).Should().Be($"False {value}");
    }

    [SkippableFact]
    public void A_spin_count_of_the_users_keeps_the_policy_unset()
    {
        RequireLinux();
        Variable("OMP_WAIT_POLICY", ("GOMP_SPINCOUNT", "5000")).Should().Be("False none");
    }

    [SkippableFact]
    public void Once_libtorch_is_loaded_it_is_too_late_and_said_so()
    {
        RequireLinux();
        TorchSharp.torch.ones(1).Dispose();

        TorchThreads.LimitSpinning().Should().BeFalse();
    }

    [Fact]
    public void Threads_are_set()
    {
        var before = TorchSharp.torch.get_num_threads();
        try
        {
            TorchThreads.Configure(before + 1);

            TorchSharp.torch.get_num_threads().Should().Be(before + 1);
        }
        finally
        {
            TorchSharp.torch.set_num_threads(before);
        }
    }

    [Fact]
    public void Fewer_threads_than_one_are_refused()
    {
        var act = () => TorchThreads.Configure(0);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static string Variable(string name, params (string Name, string? Value)[] variables) => OwnProgram.Run(
        ["variable", name], [("OMP_WAIT_POLICY", null), ("GOMP_SPINCOUNT", null), .. variables]);

    private static void RequireLinux() => Skip.IfNot(OperatingSystem.IsLinux(), "OMP_WAIT_POLICY is set on Linux");
}
