using System.Globalization;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests.Reports;

[Collection(PillowCollection.Name)]
public class MetricsTableTests(PillowReference python)
{
    private const string Header = "epoch,learning_rate,training_loss,validation_loss,seconds";

    private static readonly EpochRecord[] Run =
    [
        Epochs.Of(0, 1e6 / 3),
        Epochs.Of(1, double.NaN, 0.1 + 0.2, ("accuracy, \"top 1\"", 1.0 / 3), ("Größe", 5e-324)),
        Epochs.Of(5, double.PositiveInfinity, double.NaN, ("Größe", -1.7976931348623157e308), ("late", 1e-5)),
    ];

    [Fact]
    public void What_is_written_is_read_back_whatever_the_culture()
    {
        using var folder = new TemporaryFolder();
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;
            MetricsTable.Write(folder.File("metrics.csv"), Run);
            MetricsTable.Read(folder.File("metrics.csv")).Should().Equal(Run);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Directory.GetFiles(folder.Path).Should().ContainSingle();
    }

    [SkippableFact]
    public void Python_reads_the_same_names_and_the_same_bits()
    {
        var path = python.NewPath(".csv");
        MetricsTable.Write(path, Run);

        var read = python.RunText($$"""
            import csv
            with open("{{path}}", newline="", encoding="utf-8") as file:
                rows = list(csv.reader(file, strict=True))
            def bits(text):
                return struct.pack(">d", float(text)).hex() if text and float(text) == float(text) else "nan" if text else ""
            result = "\n".join(["|".join(rows[0])] + ["|".join([row[0]] + [bits(x) for x in row[1:]]) for row in rows[1:]])
            """);

        string[] names = ["accuracy, \"top 1\"", "Größe", "late"];
        var expected = Run.Select(epoch => string.Join('|', new[] { epoch.Epoch.ToString(CultureInfo.InvariantCulture) }.Concat(
            new double?[] { epoch.LearningRate, epoch.TrainingLoss, epoch.ValidationLoss, epoch.Seconds }
                .Concat(names.Select(epoch.Metric)).Select(Bits))));
        read.Split('\n').Should().Equal([$"{Header.Replace(',', '|')}|{string.Join('|', names)}", .. expected]);

        static string Bits(double? value) =>
            value is not double number ? "" : double.IsNaN(number) ? "nan" : BitConverter.DoubleToInt64Bits(number).ToString("x16");
    }

    [SkippableFact]
    public void What_Python_writes_is_read()
    {
        var path = python.NewPath(".csv");
        python.Run($$"""
            import csv
            with open("{{path}}", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow("{{Header}}".split(",") + ['a "b", c'])
                writer.writerow([1, 1e-05, 0.1 + 0.2, "", 3, float("nan")])
                writer.writerow([2, 1e-05, 2 / 3, 1e22, 3, ""])
            """);

        var epochs = MetricsTable.Read(path);

        epochs.Should().Equal(
            new EpochRecord { Epoch = 1, LearningRate = 1e-5, TrainingLoss = 0.1 + 0.2, Seconds = 3, Metrics = [new("a \"b\", c", double.NaN)] },
            new EpochRecord { Epoch = 2, LearningRate = 1e-5, TrainingLoss = 2.0 / 3, ValidationLoss = 1e22, Seconds = 3 });
    }

    [Theory]
    [InlineData("", "*does not begin with the header*")]
    [InlineData("a,b\n", "*does not begin with the header*")]
    [InlineData(Header + ",x,x\n", "*two columns of the same name*")]
    [InlineData(Header + "\n1,2,3\n", "*3 fields on line 2, not 5*")]
    [InlineData(Header + "\n\n-1,2,3,4,5\n", "*no epoch number on line 3*")]
    [InlineData(Header + "\n1,2,x,4,5\n", "*no number for training_loss on line 2*")]
    [InlineData(Header + "\n1,2,,4,5\n", "*no number for training_loss on line 2*")]
    [InlineData(Header + "\n1,2,3,4,5\n1,2,3,4,5", "*epoch 1 on line 3, after epoch 1*")]
    [InlineData(Header + ",\"a\n", "*quote on line 1 that is not closed*")]
    [InlineData(Header + ",\"a\"b\n", "*after a closing quote on line 1*")]
    [InlineData(Header + ",a\"b\n", "*a quote inside a field on line 1*")]
    [InlineData(Header + ", \n1,2,3,4,5,6\n", "*a column whose name is blank*")]
    public void A_damaged_table_is_refused_by_name_and_line(string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("metrics.csv"), content);

        ((Action)(() => MetricsTable.Read(folder.File("metrics.csv")))).Should().Throw<InvalidDataException>()
            .WithMessage(message).WithMessage("*metrics.csv*");
    }

    [Fact]
    public void What_cannot_be_a_table_leaves_the_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("metrics.csv", [1, 2, 3]);

        ((Action)(() => MetricsTable.Write(path, [Epochs.Of(2, 1), Epochs.Of(2, 1)]))).Should().Throw<ArgumentException>().WithMessage("*Epoch 2 comes after epoch 2*");
        ((Action)(() => MetricsTable.Write(path, [Epochs.Of(2, 1, null, ("seconds", 1))]))).Should().Throw<ArgumentException>().WithMessage("*named seconds*");
        ((Action)(() => Epochs.Of(2, 1, null, ("a", 1), ("a", 2)))).Should().Throw<ArgumentException>().WithMessage("*two metrics named a*");
        ((Action)(() => Epochs.Of(-1, 1))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new EpochMetric("a\u0001", 1))).Should().Throw<ArgumentException>().WithMessage("*control characters*");
        ((Action)(() => _ = new EpochMetric("a\ud800", 1))).Should().Throw<ArgumentException>().WithMessage("*surrogate*");

        File.ReadAllBytes(path).Should().Equal(1, 2, 3);
    }
}
