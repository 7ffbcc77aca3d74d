using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

public sealed class LabelTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LabelTableTests()
    {
        foreach (var name in new[] { "1.png", "2, with comma.png", "3.png", "4.png", "4.jpg" })
        {
            File.WriteAllText(_folder.File(name), "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_column_a_class_holds_ones_and_zeros()
    {
        var data = Load("Path,Edema,Effusion,Mass\n1.png,1,0,1.0\n\"2, with comma.png\",no,True,0.0\n3.png,0,0,FALSE\n");

        data.Task.Should().Be(ClassificationTask.Multilabel);
        data.ClassNames.Should().Equal("Edema", "Effusion", "Mass");
        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("0 2", "1", "");
        data.Images[1].Path.Should().Be(_folder.File("2, with comma.png"));
    }

    [Fact]
    public void One_column_holds_the_names_between_bars()
    {
        var data = Load("Image Index,Finding Labels\n1.png,Mass|Effusion\n\"2, with comma.png\",No Finding\n3.png,Effusion\n");

        data.ClassNames.Should().Equal("Effusion", "Mass");
        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("0 1", "", "0");
    }

    [Fact]
    public void One_column_of_ones_and_zeros_is_one_class()
    {
        var data = Load("file,Pneumonia\n1.png,1\n3.png,0\n");

        data.ClassNames.Should().Equal("Pneumonia");
        data.CountPerClass().Should().Equal(1);
    }

    [Fact]
    public void A_given_order_of_the_classes_is_kept()
    {
        var data = Load("file,labels\n1.png,b\n3.png,a|b\n", ["c", "b", "a"]);

        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("1", "1 2");
    }

    [Theory]
    [InlineData("", "*no rows*")]
    [InlineData("file,a\n", "*no rows*")]
    [InlineData("file\n1.png\n", "*1 column;*")]
    [InlineData("file,a,b\n1.png,1\n", "*line 2*2 values*3 columns*")]
    [InlineData("file,a,b\n1.png,1,2\n\"2, with comma.png\",0,1\n3.png,0,1\n", "*line 2*b is '2'*0 or 1*")]
    [InlineData("file,a,b\n1.png,1,-1\n", "*line 2*b is -1, uncertain*zero, one or ignore*--uncertain*")]
    [InlineData("file,a,b\n1.png,1,\n3.png,0,1\n", "*line 2*b is blank, not mentioned*zero or ignore*--blank*")]
    [InlineData("file,a,b\n1.png,1,nan\n3.png,0,1\n", "*line 2*b is nan, not mentioned*")]
    [InlineData("file,a,b\n1.png,red,big\n", "*has no column of labels*it has a, b: name the one*--class-column*")]
    [InlineData("file,labels\n1.png,a\n3.png,\n", "*line 3*labels is blank, not mentioned*zero or ignore*--blank*")]
    [InlineData("file,a\n1.png,1\n,0\n", "*line 3*file, the image's path, is blank*")]
    [InlineData("file,a,split\n1.png,1,train\n3.png,0,holdout\n", "*line 3*split is 'holdout'; it must be train, val or test*")]
    [InlineData("file,a\n1.png,1\n4,0\n", "*4 has no ending, and there are 4.jpg and 4.png; say which*--image-ending*")]
    [InlineData("file,labels\n1.png,a b\n\"2, with comma.png\",a\n3.png,b\n", "*line 2*'a b' looks like several classes separated by ' '*--tag-separator ' '*")]
    [InlineData("file,labels\n1.png,\"a, b\"\n\"2, with comma.png\",\"b, c\"\n3.png,\"c, a\"\n", "*line 2*'a, b' looks like several classes separated by ','*")]
    [InlineData("file,a,b\n1.png,1,0\nabsent.png,1,0\n", "*line 3*no file*absent.png; *--missing skip*")]
    [InlineData("file,a,b\n\"1.png,1,0\n", "*line*quotation marks*")]
    [InlineData("file,a,a\n1.png,1,0\n", "*labels.csv has two columns named 'a'*")]
    [InlineData("file,labels\n1.png,\"[1, 0, 0]\"\n3.png,\"[0, 1, 0]\"\n", "*line 2*1, 0, 0*looks like a one or a zero for each class*column of its own*")]
    [InlineData("file,label\n1.png,1\n3.png,1.0\n4.png,2\n", "*classes in the column label '1' and '1.0', which look like one*")]
    [InlineData("file,dx\n1.png,NV\n3.png,nv\n", "*classes in the column dx 'NV' and 'nv', which look like one*")]
    [InlineData("file,a\n1.png,1\n3.png,0\n1.png,0\n", "*line 4*1.png stands on line 2 already*")]
    public void What_is_wrong_is_named_with_its_line(string text, string message)
    {
        ((Action)(() => Load(text))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void Of_NIHs_own_table_the_findings_count()
    {
        var data = Load("Image Index,Finding Labels,Follow-up #,Patient ID\n1.png,Mass|Effusion,0,7\n3.png,No Finding,1,7\n");

        data.ClassNames.Should().Equal("Effusion", "Mass");
        data.Images.Select(image => image.Classes.Count).Should().Equal(2, 0);
    }

    [Fact]
    public void Of_CheXperts_own_table_the_named_columns_count()
    {
        const string Text = "Path,Sex,Age,Edema,Pneumothorax,Fracture\n1.png,Male,61,1.0,,-1.0\n3.png,Female,40,0.0,1.0,\n";

        var data = Read(Text, new() { ClassNames = ["Pneumothorax", "Edema"], Blank = UnknownLabel.Zero });

        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("1", "0");
        ((Action)(() => Load(Text, ["Edema", "Mass"]))).Should().Throw<InvalidDataException>().WithMessage("*no column for the class 'Mass'*Edema*");
    }

    [Fact]
    public void Another_encoding_than_UTF_8_is_refused()
    {
        var path = _folder.File("latin.csv");
        File.WriteAllBytes(path, [.. "file,"u8, 0xE9, .. "\n1.png,1\n"u8]);

        ((Action)(() => LabelTable.Load(path))).Should().Throw<InvalidDataException>().WithMessage("*latin.csv is not UTF-8*");
    }

    [Fact]
    public void A_class_that_the_given_ones_lack_is_named()
    {
        ((Action)(() => Load("file,labels\n1.png,b\n", ["a"]))).Should().Throw<InvalidDataException>().WithMessage("*line 2*no class 'b'*");
    }

    [Fact]
    public void What_is_unknown_is_taken_for_what_is_said_and_else_masked()
    {
        const string Text = "Path,Edema,Mass\n1.png,-1,\n3.png,1.0,-1.0\n";

        var data = Read(Text, new()
        {
            Uncertain = UnknownLabel.Ignore,
            UncertainOf = new Dictionary<string, UnknownLabel> { ["Edema"] = UnknownLabel.One },
            Blank = UnknownLabel.Ignore,
        });

        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("0", "0");
        data.Images.Select(image => string.Join(' ', image.Unknown)).Should().Equal("1", "1");
        Read(Text, new() { Uncertain = UnknownLabel.One, Blank = UnknownLabel.Zero }).Images[1].Classes.Should().Equal(0, 1);
    }

    [Theory]
    [InlineData("path;a;b\n1.png;1;0\n3.png;0;1\n", "a b", "0|1", "columns are separated by semicolons", "2 columns are a class each: a, b")]
    [InlineData("path\ta\tb\n1.png\t1\t0\n3.png\t0\t1\n", "a b", "0|1", "columns are separated by tabs", "2 columns are a class each: a, b")]
    [InlineData("1.png,nv\n3.png,mel\n", "mel nv", "1|0",
        "the first line names an image: the columns have no names, and are called column 1 and so on",
        "each image has one class, in the column column 2: they are taken to exclude each other")]
    [InlineData(",path,a,b\n0,1.png,1,0\n1,3.png,0,1\n", "a b", "0|1", "the first column counts the rows, and is left out",
        "2 columns are a class each: a, b")]
    [InlineData("lesion_id,image_id,dx,age\nL0,1,nv,30\nL1,3,mel,40\n", "mel nv", "1|0", "columns that are no classes are left out: lesion_id, age",
        "each image has one class, in the column dx: they are taken to exclude each other", "paths have no ending: .png is there")]
    [InlineData("Path,Sex,Age,Edema\n1.png,Male,61,1\n3.png,Female,40,0\n", "Edema", "0|", "columns that are no classes are left out: Sex, Age")]
    [InlineData("ImageID,Labels\n1.png,\"['mass', 'edema']\"\n3.png,['edema']\n", "edema mass", "0 1|0",
        "images have several classes or none, in the column Labels")]
    [InlineData("path,label\n1.png,2\n3.png,10\n", "2 10", "0|1", "each image has one class, in the column label: they are taken to exclude each other")]
    [InlineData("path,label\n1.png,0\n3.png,1\n4.png,2\n", "0 1 2", "0|1|2", "each image has one class, in the column label: they are taken to exclude each other")]
    [InlineData("path,label\n1.png,1\n3.png,0\n", "label", "0|", "label is one class, 1 or 0; as multiclass, 0 and 1 are two classes that exclude each other")]
    public void Tables_as_people_have_them_are_understood_and_how_is_said(string text, string classes, string images, params string[] remarks)
    {
        var said = new List<string>();

        var data = Read(text, new() { OnRemark = said.Add });

        data.ClassNames.Should().Equal(classes.Split(' '));
        string.Join('|', data.Images.Select(image => string.Join(' ', image.Classes))).Should().Be(images);
        said.Should().Equal(remarks);
    }

    [Fact]
    public void Zero_and_one_are_two_classes_where_the_task_says_so()
    {
        var data = Read("path,label\n1.png,1\n3.png,0\n", new() { Task = ClassificationTask.Multiclass });

        (data.Task, data.ClassNames.Count).Should().Be((ClassificationTask.Multiclass, 2));
        data.Images.Select(image => image.Class).Should().Equal(1, 0);
    }

    [Fact]
    public void Minus_one_among_classes_that_are_numbers_is_uncertain_too()
    {
        const string table = "path,label\n1.png,0\n3.png,-1\n4.png,1\n";
        var options = new LabelTableOptions { Task = ClassificationTask.Multiclass };

        Read(table, options with { Uncertain = UnknownLabel.Ignore }).Images.Select(image => image.Class).Should().Equal(0, 1);
        Read(table, options with { Uncertain = UnknownLabel.One }).Images.Select(image => image.Class).Should().Equal(0, 1, 1);
        Read(table, options with { ClassNames = ["0", "1", "-1"] }).Images.Select(image => image.Class).Should().Equal(0, 2, 1);
        ((Action)(() => Read(table, options))).Should().Throw<InvalidDataException>().WithMessage("*line 3*label is -1, uncertain*--uncertain*");
    }

    [Fact]
    public void Columns_and_separators_can_be_named()
    {
        var data = Read("kind:where:who:other\na/b:1.png:p1:x\nb:3.png:p2:y\n", new()
        {
            Separator = ':',
            PathColumn = "where",
            ClassColumn = "kind",
            TagSeparator = "/",
            GroupColumn = "who",
        });

        data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("0 1", "1");
        data.Images.Select(image => image.Group).Should().Equal("p1", "p2");
        var remarks = new List<string>();
        Read("path,label,who\n1.png,a,p1\n3.png,b,\n4.png,b,nan\n", new() { GroupColumn = "who", OnRemark = remarks.Add }).Images
            .Select(image => image.Group).Should().Equal("p1", null, null);
        remarks.Should().Contain("2 images have no who: each is a group of its own");
        Read("path,a,b,c\n1.png,1,0,1\n", new() { LabelColumns = ["c", "a"] }).ClassNames.Should().Equal("c", "a");
        FluentActions.Invoking(() => Read("path,a\n1.png,1\n", new() { PathColumn = "file" })).Should().Throw<InvalidDataException>()
            .WithMessage("*has no column 'file'; it has path, a.");
    }

    [Fact]
    public void A_column_of_parts_is_no_class()
    {
        var data = Read("id,breed,split\n1.png,nv,Val\n3.png,mel,train\n", new());

        data.ClassNames.Should().Equal("mel", "nv");
        data.Images.Select(image => image.Part).Should().Equal("validation", "train");
        var said = new List<string>();
        Read("path,split,Edema\n1.png,0,1\n3.png,1,0\n", new() { OnRemark = said.Add }).ClassNames.Should().Equal("Edema");
        said.Should().Contain("columns that are no classes are left out: split");
    }

    [Fact]
    public void A_group_is_one_whether_its_number_has_a_point_or_not_and_a_column_without_any_is_refused()
    {
        Read("path,label,who\n1.png,a,1\n3.png,b,1.0\n4.png,b,2.50\n", new() { GroupColumn = "who" }).Images
            .Select(image => image.Group).Should().Equal("1", "1", "2.50");
        FluentActions.Invoking(() => Read("path,label,who\n1.png,a,\n3.png,b,nan\n", new() { GroupColumn = "who" })).Should().Throw<InvalidDataException>()
            .WithMessage("*has nothing in who, which is to say what is not divided.");
    }

    [Fact]
    public void Images_are_found_with_backslashes_below_the_folders_own_name_and_in_sub_folders_and_missing_ones_may_be_left_out()
    {
        Directory.CreateDirectory(_folder.File("images_001/images"));
        File.WriteAllText(_folder.File("images_001/images/9.png"), "");
        var (missing, said) = (new List<string>(), new List<string>());

        var data = Read($"path,a\nimages_001\\images\\9.png,1\n{Path.GetFileName(_folder.Path)}/1.png,0\nabsent.png,1\n", new()
        {
            OnMissing = (path, line) => missing.Add($"{path} {line}"),
        });
        var nested = Read("path,a\n9.png,1\n", new() { OnRemark = said.Add });

        data.Images.Select(image => image.Path).Should().Equal(_folder.File("images_001/images/9.png"), _folder.File("1.png"));
        missing.Should().Equal("absent.png 4");
        nested.Images[0].Path.Should().Be(_folder.File("images_001/images/9.png"));
        said.Should().Equal("images are found in sub-folders by their names");
    }

    private ImageDataset Read(string text, LabelTableOptions options)
    {
        var path = _folder.File("labels.csv");
        File.WriteAllText(path, text);
        return LabelTable.Load(path, options);
    }

    private ImageDataset Load(string text, string[]? classNames = null)
    {
        var path = _folder.File("labels.csv");
        File.WriteAllText(path, text);
        return LabelTable.Load(path, classNames: classNames);
    }
}
