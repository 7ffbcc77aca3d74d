using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

public sealed class LabelTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LabelTableTests()
    {
        foreach (var name in new[] { "1.png", "2, with comma.png", "3.png" })
        {
            File.WriteAllText(_folder.File(name), "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_column_a_class_holds_ones_and_zeros()
    {
        var data = Load("Path,Edema,Effusion,Mass\n1.png,1,0,1.0\n\"2, with comma.png\",,1,\n3.png,0,0,0\n");

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
    [InlineData("file,a,b\n1.png,1,2\n", "*line 2*b is '2'*0 or 1*")]
    [InlineData("file,a,b\n1.png,1,-1\n", "*line 2*b is '-1'*")]
    [InlineData("file,a,b\n1.png,1,0\nabsent.png,1,0\n", "*line 3*no file*absent.png*")]
    [InlineData("file,a,b\n\"1.png,1,0\n", "*line*quotation marks*")]
    [InlineData("file,a,a\n1.png,1,0\n", "*labels.csv has two columns named 'a'*")]
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

        var data = Load(Text, ["Pneumothorax", "Edema"]);

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

    private ImageDataset Load(string text, string[]? classNames = null)
    {
        var path = _folder.File("labels.csv");
        File.WriteAllText(path, text);
        return LabelTable.Load(path, classNames: classNames);
    }
}
