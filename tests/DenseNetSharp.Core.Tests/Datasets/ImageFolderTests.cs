using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

[Collection(PillowCollection.Name)]
public class ImageFolderTests(PillowReference reference)
{
    [SkippableFact]
    public void Classes_and_images_come_in_torchvisions_order()
    {
        using var folder = new TemporaryFolder();
        string[] files = ["b/2.png", "b/10.jpg", "b/1.PNG", "B/x.jpeg", "a b/z.webp", "ä/1.png", "b/notes.txt", "10/1.png", "9/1.png"];
        Make(folder, files);
        var expected = reference.RunText($"""
            from torchvision.datasets import ImageFolder
            data = ImageFolder('{folder.Path}', loader=lambda path: path)
            result = "\n".join(data.classes) + "\n\n" + "\n".join(f"{"{path}"} {"{label}"}" for path, label in data.samples)
            """);

        var data = ImageFolder.Load(folder.Path);

        (string.Join('\n', data.ClassNames) + "\n\n" + string.Join('\n', data.Images.Select(image => $"{image.Path} {image.Class}")))
            .Should().Be(expected);
        data.CountPerClass().Sum().Should().Be(8);
    }

    [Fact]
    public void A_given_order_of_the_classes_is_kept()
    {
        using var folder = new TemporaryFolder();
        Make(folder, ["cat/1.png", "dog/1.png", "dog/2.png"]);

        var data = ImageFolder.Load(folder.Path, ["dog", "cat"]);

        data.ClassNames.Should().Equal("dog", "cat");
        data.Images.Select(image => image.Class).Should().Equal(0, 0, 1);
        data.CountPerClass().Should().Equal(2, 1);
        ImageFolder.Load(folder.Path, ["dog", "owl", "cat"], requireAll: false).CountPerClass().Should().Equal(2, 0, 1);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using var folder = new TemporaryFolder();
        ((Action)(() => ImageFolder.Load(folder.Path))).Should().Throw<InvalidDataException>().WithMessage("*no sub-folders*");
        Make(folder, ["cat/1.png", "dog/notes.txt"]);

        ((Action)(() => ImageFolder.Load(folder.Path))).Should().Throw<InvalidDataException>().WithMessage("*dog has no images*");
        ((Action)(() => ImageFolder.Load(folder.Path, ["cat", "bird"]))).Should().Throw<InvalidDataException>()
            .WithMessage("*missing: bird; unknown: dog*");
        ((Action)(() => ImageFolder.Load(folder.Path, ["cat", "bird"], requireAll: false))).Should().Throw<InvalidDataException>()
            .WithMessage("*not the classes; unknown: dog.");
        ((Action)(() => ImageFolder.Load(folder.Path, ["owl", "cat", "dog", "cat"], requireAll: false))).Should().Throw<InvalidDataException>()
            .WithMessage("*the sub-folder cat may be any of the classes 1 and 3, which have the same name*");
        ((Action)(() => ImageFolder.Load(folder.File("absent")))).Should().Throw<DirectoryNotFoundException>();
    }

    [Theory]
    [InlineData("train/cat/1.png", "validation/cat/2.png")]
    [InlineData("TRAINING/cat/1.png", "test/3.png")]
    [InlineData("training_set/cat/1.png", "test_set/cat/3.png")]
    public void A_folder_that_is_divided_is_not_two_classes(params string[] files)
    {
        using var folder = new TemporaryFolder();
        Make(folder, files);
        var training = folder.File(files[0][..files[0].IndexOf('/')]);

        ((Action)(() => ImageFolder.Load(folder.Path))).Should().Throw<InvalidDataException>().WithMessage($"*is divided into*; load {training}.");
        ImageFolder.Load(training).ClassNames.Should().Equal("cat");
    }

    [Fact]
    public void Classes_that_are_divided_each_by_itself_are_not_mixed()
    {
        using var folder = new TemporaryFolder();
        Make(folder, ["cat/train/1.png", "cat/val/2.png", "dog/train/3.png", "dog/val/4.png"]);

        ((Action)(() => ImageFolder.Load(folder.Path))).Should().Throw<InvalidDataException>()
            .WithMessage("*classes that are divided each by itself, cat into train and val; put the classes into train and val instead*");
    }

    [Fact]
    public void A_class_may_be_called_train_and_what_systems_and_archives_make_is_none()
    {
        using var folder = new TemporaryFolder();
        Make(
            folder,
            ["train/1.png", "plane/2.png", "__MACOSX/train/._1.png", "@eaDir/1.png", "$RECYCLE.BIN/2.png", ".thumbnails/3.png", "plane/@eaDir/2.png"]);

        var data = ImageFolder.Load(folder.Path);

        data.ClassNames.Should().Equal("plane", "train");
        data.CountPerClass().Should().Equal(1, 1);
    }

    [Theory]
    [InlineData("val/a/1.png", "test/b/2.png")]
    [InlineData("train/1.png", "Valid/a/2.png")]
    [InlineData("train/1.png", "test/2.png")]
    [InlineData("training_set/1.png", "Test-Set/2.png")]
    public void Parts_without_one_to_learn_from_are_no_classes(params string[] files)
    {
        using var folder = new TemporaryFolder();
        Make(folder, files);

        ((Action)(() => ImageFolder.Load(folder.Path))).Should().Throw<InvalidDataException>().WithMessage("*no train with a sub-folder for each class*");
    }

    [Fact]
    public void What_is_left_out_is_told_and_a_class_without_images_is_an_error_where_some_classes_are_enough_too()
    {
        using var folder = new TemporaryFolder();
        Make(folder, ["cat/1.png", "cat/notes.txt", "dog/2.png", "loose.png", "readme.md", ".DS_Store"]);
        var leftOut = new List<string>();

        ImageFolder.Load(folder.Path, onLeftOut: leftOut.Add).Images.Should().HaveCount(2);
        File.Move(folder.File("dog/2.png"), folder.File("dog/2.dcm"));
        Make(folder, ["dog/a", "dog/deeper/3.DCM", "dog/b.txt", "dog/Thumbs.db"]);
        Action load = () => ImageFolder.Load(folder.Path, ["cat", "dog", "owl"], requireAll: false);

        leftOut.Should().Equal(folder.File("loose.png"), folder.File("readme.md"), folder.File("cat/notes.txt"));
        load.Should().Throw<InvalidDataException>().WithMessage($"{folder.File("dog")} has no images (*), but 2 .dcm, 1 .txt, 1 without ending; every class needs some.");
    }

    private static void Make(TemporaryFolder folder, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), "");
        }
    }
}
