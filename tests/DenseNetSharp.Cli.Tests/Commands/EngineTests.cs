namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class EngineTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableFact]
    public void Both_engines_classify_alike_and_fused_is_the_default()
    {
        string[] classify = ["classify", reference["photo.jpg"], reference["drawing.png"], "--weights", reference["zip.pth"], "--json"];

        var (none, fused, torch) = (Densenet.Run(classify), Densenet.Run([.. classify, "--engine", "fused"]), Densenet.Run([.. classify, "--engine", "torch"]));

        none.Status.Should().Be(0, none.Errors);
        fused.Output.Should().Be(none.Output);
        torch.Status.Should().Be(0, torch.Errors);
        var pairs = Predictions(fused).Zip(Predictions(torch)).ToArray();
        pairs.Should().HaveCount(10);
        pairs.Should().AllSatisfy(pair =>
        {
            pair.First.Index.Should().Be(pair.Second.Index);
            pair.First.Probability.Should().BeApproximately(pair.Second.Probability, 1e-4f);
        });
    }

    [Fact]
    public void The_fused_engine_is_refused_on_another_device()
    {
        var run = Densenet.Run("classify", "a.png", "--engine", "fused", "--device", "cuda");

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal("densenet: --engine fused computes on the CPU; --device is cuda.");
    }

    [SkippableTheory]
    [InlineData("fused")]
    [InlineData("torch")]
    public void Bench_measures_either_engine(string engine)
    {
        // The memory is the process's.
        var run = Densenet.RunProcess("bench", "--engine", engine, "--size", "64", "--batch-size", "2", "--json");

        run.Status.Should().Be(0, run.Errors);
        var (median, least, most) = (Number("medianMs"), Number("minMs"), Number("maxMs"));
        least.Should().BePositive();
        median.Should().BeInRange(least, most);
        Number("imagesPerSecond").Should().BeApproximately(2000 / median, 1e-6);
        Number("peakMemoryBytes").Should().BeGreaterThan(8e6 * 4, "the weights alone take that");

        double Number(string name) => run.Json.GetProperty(name).GetDouble();
    }

    [SkippableTheory]
    [InlineData("--train")]
    [InlineData("--train", "--dtype", "bfloat16", "--channels-last")]
    [InlineData("--frozen", "--dtype", "float64")]
    public void Bench_measures_what_libtorch_alone_can_do(params string[] options)
    {
        var run = Densenet.Run(["bench", "--model", "densenet-bc-100-12", "--batch-size", "2", "--json", .. options]);

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("minMs").GetDouble().Should().BePositive();
        run.Json.GetProperty("imagesPerSecond").GetDouble().Should().BeApproximately(2000 / run.Json.GetProperty("medianMs").GetDouble(), 1e-6);
    }

    [Theory]
    [InlineData("--engine fused predicts in float32; --train, --frozen, --channels-last and another --dtype take --engine torch.", "--engine", "fused", "--train")]
    [InlineData("--engine fused predicts in float32; --train, --frozen, --channels-last and another --dtype take --engine torch.",
        "--engine", "fused", "--channels-last", "false")]
    [InlineData("--frozen is for predictions; a frozen copy cannot --train.", "--frozen", "--train")]
    [InlineData("--train in float16 would lose small gradients; --dtype bfloat16 keeps them.", "--train", "--dtype", "float16")]
    [InlineData("--dtype is int8; it must be float32, bfloat16, float16 or float64.", "--dtype", "int8")]
    [InlineData("--device is 'gpu'; it must be cpu, cuda, cuda:N or mps.", "--device", "gpu")]
    public void Bench_refuses_what_nothing_can_measure(string message, params string[] options)
    {
        var run = Densenet.Run(["bench", .. options]);

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal($"densenet: {message}");
    }

    [SkippableFact]
    public void Channels_last_changes_the_last_digits_on_libtorch_and_is_refused_by_the_fused_engine()
    {
        string[] classify = ["classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--json"];

        var plain = Densenet.Run([.. classify, "--engine", "torch"]);
        var last = Densenet.Run([.. classify, "--engine", "torch", "--channels-last"]);
        var fused = Densenet.Run([.. classify, "--channels-last"]);

        last.Status.Should().Be(0, last.Errors);
        Predictions(last).Zip(Predictions(plain)).Should().HaveCount(5).And.AllSatisfy(pair =>
        {
            pair.First.Index.Should().Be(pair.Second.Index);
            pair.First.Probability.Should().BeApproximately(pair.Second.Probability, 1e-5f);
        });
        fused.Status.Should().Be(2);
        fused.ErrorLines.Should().Equal("densenet: --channels-last is for libtorch (--engine torch); the fused engine has a layout of its own.");
    }

    [Fact]
    public void Bench_refuses_images_that_are_too_small()
    {
        var run = Densenet.Run("bench", "--size", "28");

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal("densenet: --size is 28; densenet121 takes 29 and larger.");
    }

    [Fact]
    public void Bench_refuses_a_batch_that_no_array_holds()
    {
        var run = Densenet.Run("bench", "--size", "4096", "--batch-size", "1024");

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal(
            "densenet: --batch-size 1024 with --size 4096 is 51539607552 values; a batch has at most 2147483591.");
    }

    private static IEnumerable<(int Index, float Probability)> Predictions(Densenet run) => run.Json.EnumerateArray()
        .SelectMany(result => result.GetProperty("predictions").EnumerateArray())
        .Select(prediction => (prediction.GetProperty("index").GetInt32(), prediction.GetProperty("probability").GetSingle()));
}
