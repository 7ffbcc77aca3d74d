using DenseNetSharp.Classification;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class LabelFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Each_line_is_a_label()
    {
        File.WriteAllText(_path, "tench\r\ngreat white shark \nÄffchen\n\n");

        LabelFile.Read(_path).Should().Equal("tench", "great white shark", "Äffchen");
    }

    [Fact]
    public void Letters_of_another_encoding_are_refused_and_not_replaced()
    {
        File.WriteAllBytes(_path, "caf\u00e9\n"u8.ToArray() is [.. var start, _, _, _] ? [.. start, 0xE9, (byte)'\n'] : []);

        FluentActions.Invoking(() => LabelFile.Read(_path)).Should().Throw<InvalidDataException>().WithMessage("*is no text in UTF-8*");
    }

    [Theory]
    [InlineData("", "*has no labels*")]
    [InlineData("a\n\nb\n", "*no label on line 2*")]
    public void What_would_shift_the_indices_is_refused(string content, string message)
    {
        File.WriteAllText(_path, content);

        Action read = () => LabelFile.Read(_path);

        read.Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("a.json", "[\"tench\", \"shark\", \"ray\"]")]
    [InlineData("a.json", "{\"2\": \"ray\", \"0\": \"tench\", \"1\": \"shark\"}")]
    [InlineData("a.json", "{\"0\": [\"n01440764\", \"tench\"], \"1\": [\"n01484850\", \"shark\"], \"2\": [\"n0\", \"ray\"]}")]
    [InlineData("a.json", "{\"shark\": 1, \"ray\": 2, \"tench\": 0}")]
    [InlineData("config.JSON", "{\"model_type\": \"densenet\", \"id2label\": {\"0\": \"tench\", \"1\": \"shark\", \"2\": \"ray\"}, \"label2id\": {}}")]
    [InlineData("run.json", "{\"task\": \"multiclass\", \"classNames\": [\"tench\", \"shark\", \"ray\"]}")]
    [InlineData("a.csv", "tench\nshark\nray\n")]
    [InlineData("a.csv", "label\r\ntench\r\nshark\r\nray\r\n")]
    [InlineData("a.csv", "index,name\n1,shark\n0,tench\n2,ray\n")]
    [InlineData("a.csv", "tench,0\nshark,1\n\"ray\",2\n")]
    [InlineData("a.csv", "2;ray\n0;tench\n1;shark\n")]
    [InlineData("a.txt", "1: shark\n0: tench\n2: \"ray\"\n")]
    [InlineData("a.txt", "1;shark\n0;tench\n2;ray\n")]
    [InlineData("a.txt", "0\ttench\n1\tshark\n2\tray\n")]
    public void JSON_and_CSV_are_read_in_the_order_of_the_indices(string name, string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(name), content);

        LabelFile.Read(folder.File(name)).Should().Equal("tench", "shark", "ray");
    }

    [Theory]
    [InlineData("a.csv", "name,index\n7,0\n3,2\n5,1\n", "7", "5", "3")]
    [InlineData("a.txt", "1 one\n0 zero\n", "1 one", "0 zero")]
    [InlineData("a.txt", "3: c\n4: d\n", "3: c", "4: d")]
    public void Numbers_that_are_names_stay_names(string name, string content, params string[] expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(name), content);

        LabelFile.Read(folder.File(name)).Should().Equal(expected);
    }

    [Theory]
    [InlineData("a.json", "{\"0\": \"tench\", \"2\": \"ray\"}", "*a.json has no name for the index 1.")]
    [InlineData("a.json", "{\"tench\": 0, \"ray\": 0}", "*has two names for the index 0: 'tench' and 'ray'.")]
    [InlineData("a.json", "{\"tench\": \"ray\"}", "*has neither an index with a name nor a name with an index in 'tench'.")]
    [InlineData("a.json", "{}", "*has no name for the index 0.")]
    [InlineData("a.json", "[1, 2]", "*has no list of names, no names by index and no indices by name.")]
    [InlineData("a.json", "[", "*is no JSON: *")]
    [InlineData("a.csv", "", "*has no labels.")]
    [InlineData("a.csv", "0,tench\nray\n", "*has 1 values on line 2 and 2 before.")]
    [InlineData("a.csv", "a,b\nc,d\n", "*has two columns, and neither is one of indices.")]
    [InlineData("a.csv", "0,tench\nx,shark\n2,ray\n", "*has 'x' on line 2 where an index was expected.")]
    [InlineData("a.csv", "0,tench,fish\n", "*has 3 columns; it needs one of names, or one of indices and one of names.")]
    public void What_gives_no_name_to_an_index_is_refused(string name, string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(name), content);

        ((Action)(() => LabelFile.Read(folder.File(name)))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Names_that_are_written_are_read_back_and_what_is_no_line_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("labels.txt");

        LabelFile.Write(path, ["cat", "Ankle boot", "été"]);

        LabelFile.Read(path).Should().Equal("cat", "Ankle boot", "été");
        foreach (var name in new[] { "", " cat", "a\nb", "a\r" })
        {
            ((Action)(() => LabelFile.Write(path, ["dog", name]))).Should().Throw<ArgumentException>().WithMessage("*line of its own*");
        }

        LabelFile.Read(path).Should().HaveCount(3);
    }
}
