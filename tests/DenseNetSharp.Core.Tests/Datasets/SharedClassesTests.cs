using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

/// <summary>A table of fewer, more or other classes than a network's.</summary>
public sealed class SharedClassesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SharedClassesTests()
    {
        foreach (var name in new[] { "1.png", "2.png", "3.png" })
        {
            File.WriteAllText(_folder.File(name), "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("path,Mass,Hernia,Edema\n1.png,1,0,1\n2.png,0,,0\n", "1 2|")]
    [InlineData("path,labels\n1.png,Mass|Hernia|Edema\n2.png,Hernia\n", "1 2|")]
    public void Of_classes_that_do_not_exclude_each_other_the_shared_ones_are_left_in_the_given_order(string text, string images)
    {
        var (data, said) = Load(text, ClassificationTask.Multilabel, "Nodule", "Mass", "Edema");

        data.ClassNames.Should().Equal("Mass", "Edema");
        string.Join('|', data.Images.Select(image => string.Join(' ', image.Classes.Select(index => index + 1)))).Should().Be(images);
        said.Should().Contain("classes are left out, which the images may have besides: Hernia")
            .And.Contain("classes are left out, of which the table says nothing: Nodule");
    }

    [Theory]
    [InlineData("path,dx\n1.png,nv\n2.png,df\n3.png,mel\n")]
    [InlineData("path,mel,nv,df\n1.png,0,1,0\n2.png,0,0,1\n3.png,1,0,0\n")]
    public void Classes_that_exclude_each_other_all_stay_and_images_of_others_are_left_out(string text)
    {
        var (data, said) = Load(text, ClassificationTask.Multiclass, "bcc", "mel", "nv");

        data.ClassNames.Should().Equal("bcc", "mel", "nv");
        data.Images.Select(image => image.Class).Should().Equal(2, 1);
        said.Should().Contain("1 image is left out, whose class is none of them or not known").And.Contain("no images of 1 of the network's 3 classes: bcc");
    }

    [Fact]
    public void Of_classes_that_exclude_each_other_a_row_of_zeros_is_of_one_that_the_table_lacks()
    {
        var (data, said) = Load("path,nv\n1.png,1\n2.png,0\n", ClassificationTask.Multiclass, "mel", "nv");

        data.Images.Select(image => image.Class).Should().Equal(1);
        said.Should().Contain("1 image is left out, whose class is none of them or not known");
    }

    [Fact]
    public void Nothing_shared_is_refused() =>
        FluentActions.Invoking(() => Load("path,Mass,Edema\n1.png,1,0\n", ClassificationTask.Multilabel, "cat", "dog"))
            .Should().Throw<InvalidDataException>().WithMessage("*has the classes Mass, Edema, and none of cat, dog.");

    [Fact]
    public void Of_folders_too_others_are_told_and_left_out()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "cat/1.png", "cta/2.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), "");
        }

        var others = new List<string>();

        ImageFolder.Load(folder.Path, ["cat", "dog"], requireAll: false, onOtherClass: others.Add).CountPerClass().Should().Equal(1, 0);

        others.Should().Equal("cta");
        FluentActions.Invoking(() => ImageFolder.Load(folder.Path, ["owl"], requireAll: false, onOtherClass: others.Add))
            .Should().Throw<InvalidDataException>().WithMessage("*unknown: cat, cta.");
    }

    [Fact]
    public void What_is_blank_among_names_is_none_of_them_or_not_known()
    {
        LabelTableOptions Options(UnknownLabel blank, ClassificationTask? task = null) => new() { Blank = blank, Task = task };
        const string Text = "path,labels\n1.png,Mass|Edema\n2.png,\n3.png,No Finding\n";

        var (none, ignored) = (Read(Text, Options(UnknownLabel.Zero)), Read(Text, Options(UnknownLabel.Ignore)));
        var one = Read("path,dx\n1.png,nv\n2.png,nan\n3.png,No Finding\n", Options(UnknownLabel.Ignore, ClassificationTask.Multiclass));

        (none.Images[1].Classes.Count, none.Images[1].Unknown.Count).Should().Be((0, 0));
        ignored.Images.Select(image => string.Join(' ', image.Unknown)).Should().Equal("", "0 1", "");
        one.ClassNames.Should().Equal("No Finding", "nv");
        one.Images.Select(image => image.Class).Should().Equal(1, 0);
    }

    [Fact]
    public void A_split_table_gives_back_what_was_where_and_what_was_unknown()
    {
        var images = new[]
        {
            new LabelledImage(_folder.File("1.png"), [1]) { Unknown = [0] },
            new LabelledImage(_folder.File("2.png"), []),
        };
        string[] classes = ["a, b", "c"];
        ImageDataset Of(LabelledImage image) => new(classes, [image], ClassificationTask.Multilabel);
        var path = _folder.File("split.csv");

        SplitTable.Write(path, Of(images[0]), Of(images[1]), _folder.Path);

        File.ReadAllLines(path).Should().Equal("image,split,\"a, b\",c", "1.png,train,,1", "2.png,validation,0,0");
        var (training, validation) = (Load("train"), Load("validation"));
        (training.Images[0].Path, training.Images[0].Classes.Single(), training.Images[0].Unknown.Single()).Should().Be((images[0].Path, 1, 0));
        validation.Images.Single().Path.Should().Be(images[1].Path);
        FluentActions.Invoking(() => Load("test")).Should().Throw<InvalidDataException>().WithMessage("*no image of the part test*");
        FluentActions.Invoking(() => SplitTable.Load(path, "train", ["x"], ClassificationTask.Multilabel, _folder.Path))
            .Should().Throw<InvalidDataException>().WithMessage("*of other classes*");
        File.Delete(images[0].Path);
        FluentActions.Invoking(() => Load("train")).Should().Throw<InvalidDataException>().WithMessage("*split.csv, line 2: there is no file*1.png*");

        ImageDataset Load(string part) => SplitTable.Load(path, part, classes, ClassificationTask.Multilabel, _folder.Path);
    }

    private (ImageDataset Data, List<string> Said) Load(string text, ClassificationTask task, params string[] classNames)
    {
        var said = new List<string>();
        return (Read(text, new() { ClassNames = classNames, Task = task, RequireAll = false, OnRemark = said.Add }), said);
    }

    private ImageDataset Read(string text, LabelTableOptions options)
    {
        File.WriteAllText(_folder.File("labels.csv"), text);
        return LabelTable.Load(_folder.File("labels.csv"), options);
    }
}
