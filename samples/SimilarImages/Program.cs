using System.CommandLine;
using System.Diagnostics;
using DenseNetSharp.Images;
using SimilarImages;

// Finds near-duplicates and nearest neighbours among images, by the features that a DenseNet computes on the fused engine, and draws
// a contact sheet of some. Without arguments, the shipped Fashion-MNIST images, and changed copies of some to look for:
//
//     dotnet run --project samples/SimilarImages -c Release [CHECKPOINT FOLDER] [--out similar-images.png] [--csv neighbours.csv]

var checkpoint = new Argument<string?>("CHECKPOINT") { Description = "a DenseNet's checkpoint", Arity = ArgumentArity.ZeroOrOne };
var folder = new Argument<string?>("FOLDER") { Description = "the folder of images, in sub-folders too", Arity = ArgumentArity.ZeroOrOne };
var sheet = new Option<string>("--out") { Description = "the contact sheet", DefaultValueFactory = _ => "similar-images.png" };
var csv = new Option<string?>("--csv") { Description = "a table of every image's nearest neighbours, if it is wanted" };
var threshold = new Option<float>("--threshold")
{
    Description = "the cosine from which on two images are near-duplicates",
    DefaultValueFactory = _ => 0.999f,
};
var neighbours = new Option<int>("--neighbours") { Description = "nearest neighbours an image", DefaultValueFactory = _ => 7 };
var rows = new Option<int>("--rows") { Description = "images on the sheet, each with its neighbours", DefaultValueFactory = _ => 8 };
var threads = new Option<int>("--threads") { Description = "threads to use", DefaultValueFactory = _ => Environment.ProcessorCount };
var command = new RootCommand("Finds near-duplicates and nearest neighbours among images.")
{
    checkpoint, folder, sheet, csv, threshold, neighbours, rows, threads,
};
foreach (var number in new[] { neighbours, rows, threads })
{
    number.Validators.Add(result =>
    {
        if (result.GetValue(number) < 1)
        {
            result.AddError($"{number.Name} must be at least 1.");
        }
    });
}

command.Validators.Add(result =>
{
    if (result.GetValue(checkpoint) is not null && result.GetValue(folder) is null)
    {
        result.AddError("A CHECKPOINT needs a FOLDER of images.");
    }
});
command.SetAction(arguments =>
{
    try
    {
        Run(arguments);
        return 0;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
return command.Parse(args).Invoke();

void Run(ParseResult arguments)
{
    var isDemo = arguments.GetValue(checkpoint) is null;
    var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
    var images = arguments.GetValue(folder) ?? Path.Combine(shipped, "images");
    Picture[] pictures = [.. ImageFiles.Find(images).Select(path => new Picture(path))];
    using var embedder = Embedder.Load(arguments.GetValue(checkpoint) ?? Path.Combine(shipped, "fashion-mnist.pth"), arguments.GetValue(threads));
    var report = new Report(images, arguments.GetValue(threshold));

    var clock = Stopwatch.StartNew();
    var index = embedder.Embed(pictures, report.Unreadable);
    if (index.Count < 2)
    {
        throw new InvalidDataException($"{images} has {index.Count} images that can be read; two are the least to be compared.");
    }

    Report.Speed(index.Count, embedder.FeatureCount, clock.Elapsed);
    clock.Restart();
    var nearest = index.Nearest(index, arguments.GetValue(neighbours), arguments.GetValue(threads));
    Console.WriteLine($"All were compared with all in {clock.Elapsed.TotalSeconds:F2} s.");
    report.NearDuplicates(index, nearest);
    Report.SameFolder(index, nearest);

    List<Row> shown = [];
    if (isDemo)
    {
        // What someone's own folder gets none of: the shipped images have no near-duplicates, so some are made, in memory, and looked up.
        var copies = embedder.Embed(ChangedCopies.Of(pictures), report.Unreadable);
        var originals = index.Nearest(copies, arguments.GetValue(neighbours), arguments.GetValue(threads));
        report.Copies(index, copies, originals);
        shown.AddRange(report.Choose(copies, originals, arguments.GetValue(rows) / 2));
    }

    shown.AddRange(report.Choose(index, nearest, arguments.GetValue(rows) - shown.Count));
    report.DrawSheet(index, shown, embedder.Decode, arguments.GetValue(sheet)!);
    if (arguments.GetValue(csv) is { } table)
    {
        report.WriteTable(index, nearest, table);
    }
}
