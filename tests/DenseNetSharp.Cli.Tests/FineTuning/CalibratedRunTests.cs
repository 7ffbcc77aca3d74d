using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Tests.FineTuning;

public sealed class CalibratedRunTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    [Fact]
    public void A_run_that_is_calibrated_has_the_temperature_that_evaluate_fits_and_drops_it_when_it_goes_on()
    {
        var folder = runs.New();
        string[] options = ["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--val", "0.3", "--ema", "0.6", "--lr", "0.2"];

        var run = Densenet.Run([.. options, "--epochs", "3", "--calibrate"]);

        run.Status.Should().Be(0, run.Errors);
        var description = Path.Combine(folder, "run.json");
        var stored = RunDescription.Load(description).Temperature;
        stored.Should().BeGreaterThan(0).And.NotBe(1);
        run.ErrorLines.Should().ContainSingle(line => line.Contains("densenet: temperature")).Which.Should()
            .Contain("images held out").And.Contain(description).And.Contain("on the images it was fit on, the calibration error goes from");
        var report = Path.Combine(folder, "report.html");
        File.ReadAllText(report).Should().Contain("Calibration before and after").And.Contain("was fit on these images");

        // The file's own weights, which are averages, on the images that split.csv gives to validation.
        RunDescription.Load(description).WithTemperature(1).Save(description);
        var weights = Path.Combine(folder, "best.pth");
        Densenet.Run("evaluate", runs.Images, "--weights", weights, "--on", "validation", "--calibrate", "--engine", "torch").Status.Should().Be(0);
        RunDescription.Load(description).Temperature.Should().BeApproximately(stored!.Value, 1e-3);

        var same = Densenet.Run([.. options, "--epochs", "3", "--resume"]);
        same.Status.Should().Be(0, same.Errors);
        RunDescription.Load(description).Temperature.Should().BeApproximately(stored.Value, 1e-3, "nothing was learned");
        var longer = Densenet.Run([.. options, "--epochs", "4", "--resume"]);
        longer.Status.Should().Be(0, longer.Errors);
        longer.ErrorLines.Should().ContainSingle(line => line.Contains(
            $"the temperature in {folder} belongs to the weights so far, and goes with the next epoch"));
        RunDescription.Load(description).Temperature.Should().BeNull();
        File.ReadAllText(report).Should().NotContain("Calibration before and after");
    }

    [Fact]
    public void Without_images_held_out_there_is_nothing_to_fit_on()
    {
        var run = Densenet.Run(["finetune", runs.Images, "--out", runs.New(), .. FineTuneRuns.Small, "--val", "0", "--calibrate"]);

        run.Status.Should().Be(2);
        run.ErrorLines[0].Should().Contain("--calibrate fits a temperature on images held out");
    }
}
