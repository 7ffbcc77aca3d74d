using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DenseNetSharp.Images;

namespace DenseNetSharp.Users.Tests;

/// <summary>The samples as their users run them, each in a folder of its own: what they print is held to PyTorch, or to the files.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public void Demo_classifies_as_PyTorch_does_and_fine_tunes()
    {
        PythonReference.Require();

        var output = Run("Demo");

        output.Should().Contain($"{Shipped.Right} of 400 images classified right.")
            .And.Contain("64 images to train on, 16 to choose the epoch by, 80 held out.");
        Regex.Count(output, @"^  epoch +\d+: loss \d\.\d{3}, validation accuracy [01]\.\d{3}\r?$", RegexOptions.Multiline).Should().Be(10);
        var (before, after) = (Number(output, @"accuracy before fine-tuning: (\S+)"), Number(output, @"accuracy after fine-tuning: (\S+)"));
        after.Should().BeGreaterThan(before).And.BeGreaterThanOrEqualTo(0.9);
        (Number(output, @"(\d+) of 80 images classified right") / 80).Should().BeApproximately(after, 0.0005);
        var run = _folder.File("demo-output");
        File.ReadLines(Path.Combine(run, "metrics.csv")).Should().HaveCount(1 + 10);
        File.ReadLines(Path.Combine(run, "labels.txt")).Should().Equal("Ankle boot", "Bag", "Dress", "Sneaker");
        PythonReference.RunCode($"import torch; print(len(torch.load(r'{Path.Combine(run, "best.pth")}')['classifier.bias']))").Trim().Should().Be("4");
    }

    [Fact]
    public void ChestXray_learns_several_labels_an_image()
    {
        var output = Run("ChestXray", "xrays", "200", "1");

        var found = File.ReadLines(_folder.File("xrays/labels.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(parts => parts[0], parts => parts[1].Split('|'));
        found.Should().HaveCount(200);
        found.Keys.Should().OnlyContain(image => File.Exists(_folder.File($"xrays/{image}")));
        var labels = found.Values.SelectMany(names => names).Distinct().Except(["No Finding"]).ToArray();
        labels.Should().HaveCount(5);
        Number(output, @"test images +(\d+)").Should().Be(40);
        var areas = labels.Select(label => Number(output, $@"^{label} +\d+ +(\d\.\d+)")).ToArray();
        areas.Should().OnlyContain(area => area >= 0 && area <= 1);
        Number(output, @"^mean +(\d\.\d+)").Should().BeApproximately(areas.Average(), 0.001);
        var example = Regex.Match(output, @"xrays.(images.\d+\.png) shows (.+); the network says:");
        example.Groups[2].Value.Split(" and ").Should().BeEquivalentTo(found[example.Groups[1].Value.Replace('\\', '/')]).And.HaveCountGreaterThan(1);
        var said = labels.ToDictionary(label => label, label => Number(output, $@"^{label} +(\d+) ?%"));
        said.Values.Should().OnlyContain(percent => percent >= 0 && percent <= 100);
        File.ReadLines(_folder.File("xrays/run/metrics.csv")).Should().HaveCount(1 + 1);
        File.Exists(_folder.File("xrays/run/best.pth")).Should().BeTrue();
    }

    [Theory]
    [InlineData("xrays", "99")]
    [InlineData("xrays", "100", "none")]
    public void ChestXray_says_what_it_takes(params string[] arguments) =>
        PublishedProgram.Run("dotnet", ["exec", Built.Sample("ChestXray"), .. arguments], _folder.Path)
            .Should().Be((2, $"usage: ChestXray [FOLDER] [IMAGES, 100 or more] [EPOCHS, 1 or more]{Environment.NewLine}"));

    [SkippableFact]
    public void FashionMnist_trains_on_its_files_and_writes_what_is_shipped()
    {
        PythonReference.Require();
        WriteIdx("train", perClass: 20);
        WriteIdx("t10k", perClass: 5);

        var output = Run("FashionMnist", "--data", _folder.Path, "--epochs", "1", "--batch-size", "32", "--ship", "shipped");

        output.Should().Contain($"{Shipped.Parameters:N0} parameters, 190 images to learn from, 10 held out");
        Number(output, @"test accuracy (\S+) on 50 images").Should().BeInRange(0, 1);
        foreach (var name in Shipped.ClassNames)
        {
            Directory.GetFiles(_folder.File($"fashion-mnist/images/train/{name}")).Should().HaveCount(20);
            var image = Directory.GetFiles(_folder.File($"shipped/images/{name}")).Should().HaveCount(5).And.Subject.Order().First();
            RgbImage.Load(image).Pixels.ToArray().Should().Equal(RgbImage.Load(Image(name, 0)).Pixels.ToArray());
        }

        File.ReadAllBytes(_folder.File("shipped/fashion-mnist.pth")).Should().Equal(File.ReadAllBytes(_folder.File("fashion-mnist/run/last.pth")));
        File.Exists(_folder.File("shipped/run.json")).Should().BeTrue();
    }

    [Fact]
    public void FashionMnist_says_which_files_it_lacks()
    {
        var (status, output) = PublishedProgram.Run("dotnet", ["exec", Built.Sample("FashionMnist"), "--data", "none"], _folder.Path);

        status.Should().Be(1, output);
        output.Should().Contain($"There is no {_folder.File("none")}: install Debian's dataset-fashion-mnist, or name the folder with --data.");
    }

    [SkippableFact]
    public void FusedClassify_gives_PyTorchs_probabilities_of_an_image_of_each_class()
    {
        PythonReference.Require();

        var lines = Run("FusedClassify").TrimEnd().Split('\n').Select(line => line.Split('\t')).ToArray();

        var images = lines.Chunk(3).Select(three => ShippedImage(three[0][0])).ToArray();
        images.Select(image => image.Split('/')[0]).Should().BeEquivalentTo(Shipped.ClassNames);
        lines.Zip(images.SelectMany(Shipped.Top)).Should().HaveCount(30).And.OnlyContain(
            item => item.First[1] == item.Second.Label && Math.Abs(Number(item.First[2]) - item.Second.Probability) < 1e-4);
    }

    [SkippableFact]
    public void OnnxMlNet_gives_PyTorchs_probabilities_by_way_of_ONNX()
    {
        PythonReference.Require();

        var lines = Run("OnnxMlNet").TrimEnd().Split('\n');

        var top = lines[1..].Select(line => line.Trim().Split('\t')).ToArray();
        top.Zip(Shipped.Top(ShippedImage(lines[0]))).Should().HaveCount(3).And.OnlyContain(
            item => item.First[0] == item.Second.Label && Math.Abs(Number(item.First[1]) - item.Second.Probability) < 1e-4);
    }

    [Fact]
    public void SimilarImages_compares_the_shipped_images_and_draws_some()
    {
        var output = Run("SimilarImages");

        output.Should().Contain("400 images, ").And.Contain("Pairs of near-duplicates").And.MatchRegex(@"\d+ of 400 nearest neighbours");
        output.Should().ContainAll("brighter: the original is nearest to 10 of 10", "mirrored: ", "cropped: ");
        var sheet = RgbImage.Load(_folder.File("similar-images.png"));
        (sheet.Width, sheet.Height).Should().Be((8 + 8 * (96 + 8), 8 + 8 * (96 + 8)));
    }

    [SkippableFact]
    public async Task Serve_answers_an_upload_with_PyTorchs_probabilities_and_ends_when_it_is_told_to()
    {
        PythonReference.Require();
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        using var service = await WebProgram.StartAsync(Built.Sample("Serve"), _folder.Path, "/health/ready");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Shipped.Images, "Bag", "00018.png"))), "file", "bag.png" },
        };

        using var response = await service.Client.PostAsync("/classify?top=3", form);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        var said = answer[0].GetProperty("predictions").EnumerateArray()
            .Select(prediction => (Label: prediction.GetProperty("label").GetString(), Probability: prediction.GetProperty("probability").GetDouble()));
        said.Zip(Shipped.Top("Bag/00018.png")).Should().HaveCount(3).And.OnlyContain(
            item => item.First.Label == item.Second.Label && Math.Abs(item.First.Probability - item.Second.Probability) < 1e-4);
        (await service.StopAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("--DenseNet:Threads=abc", "DenseNet:Threads is 'abc'; it must be a whole number, 2147483647 at most.")]
    [InlineData("--Serve:Burst=0", "Serve:Burst is 0; it must be 1 or more.")]
    [InlineData("--urls=nowhere", "Invalid url: 'nowhere'")]
    [InlineData("--urls=http://localhost:99999", "*port*")]
    public void Serve_says_in_a_line_why_it_does_not_start(string argument, string line)
    {
        var (status, output) = PublishedProgram.Run("dotnet", ["exec", Built.Sample("Serve"), argument], _folder.Path);

        // The network may have been loaded before the server finds its address wrong.
        status.Should().Be(1);
        output.TrimEnd().Split(Environment.NewLine)[^1].Should().Match(line);
        output.Should().NotContain("exception");
    }

    public void Dispose() => _folder.Dispose();

    private string Run(string sample, params string[] arguments)
    {
        var (status, output) = PublishedProgram.Run("dotnet", ["exec", Built.Sample(sample), .. arguments], _folder.Path);
        status.Should().Be(0, output);
        return output;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The number that a pattern's first group finds.</summary>
    private static double Number(string output, string pattern)
    {
        var match = Regex.Match(output, pattern, RegexOptions.Multiline);
        match.Success.Should().BeTrue("{0} is in: {1}", pattern, output);
        return Number(match.Groups[1].Value);
    }

    /// <summary>Class and file of a shipped image that a sample names.</summary>
    private static string ShippedImage(string path)
    {
        path = path.Trim();
        return $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}";
    }

    private static string Image(string className, int index) =>
        Directory.GetFiles(Path.Combine(Shipped.Images, className)).Order(StringComparer.Ordinal).ElementAt(index);

    /// <summary>Some of the shipped images as the two files of a split of Fashion-MNIST.</summary>
    private void WriteIdx(string split, int perClass)
    {
        var count = (byte)(10 * perClass / 256);
        var rest = (byte)(10 * perClass % 256);
        using var images = Create($"{split}-images-idx3-ubyte.gz", [0, 0, 8, 3, 0, 0, count, rest, 0, 0, 0, 28, 0, 0, 0, 28]);
        using var labels = Create($"{split}-labels-idx1-ubyte.gz", [0, 0, 8, 1, 0, 0, count, rest]);
        for (var index = 0; index < perClass; index++)
        {
            foreach (var (label, name) in Shipped.ClassNames.Index())
            {
                // The images are gray: each of a pixel's three bytes is its value.
                images.Write([.. RgbImage.Load(Image(name, index)).Pixels.ToArray().Where((_, i) => i % 3 == 0)]);
                labels.WriteByte((byte)label);
            }
        }

        GZipStream Create(string name, byte[] header)
        {
            var stream = new GZipStream(File.Create(_folder.File(name)), CompressionLevel.Fastest);
            stream.Write(header);
            return stream;
        }
    }
}
