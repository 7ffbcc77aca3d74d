using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

public class ImageFilesTests
{
    [Fact]
    public void Images_are_found_in_all_sub_folders_in_the_order_of_their_paths()
    {
        using var folder = new TemporaryFolder();
        string[] images = ["B.PNG", "a/1.jpg", "a/2.webp", "a/3.jfif", "b/c/d.Jpeg", "b/c/e.gif", "b/c/f.TIF", "b/c/g.bmp", "b/c/h.pgm"];
        foreach (var name in images.Concat(["notes.txt", "a/jpg", "b/c/d.dcm"]))
        {
            var path = Path.Combine(folder.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        ImageFiles.Find(folder.Path).Should().Equal(images.Select(name => Path.Combine(folder.Path, name)));
    }

    [Fact]
    public void What_is_left_out_is_told_but_for_what_systems_put_into_folders()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "a.png", "notes.txt", "scan", "in/scan.dcm", "in/Thumbs.db", ".DS_Store", "in/.hidden.txt", "desktop.ini" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.WriteAllText(folder.File(name), "");
        }

        var leftOut = new List<string>();

        ImageFiles.Find(folder.Path, onLeftOut: leftOut.Add).Should().Equal(folder.File("a.png"));

        leftOut.Should().BeEquivalentTo([folder.File("notes.txt"), folder.File("scan"), folder.File("in/scan.dcm")]);
        ImageFiles.Find(folder.Path, (_, _) => { }, CancellationToken.None).Should().Equal(folder.File("a.png"));
        ImageFiles.Find(folder.Path, null).Should().Equal(folder.File("a.png"));
        ImageFiles.Find(folder.Path, null, default).Should().Equal(folder.File("a.png"));
    }

    [SkippableFact]
    public void Links_are_followed_and_circles_are_not()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using var folder = new TemporaryFolder();
        var inner = Directory.CreateDirectory(Path.Combine(folder.Path, "in", "deep")).FullName;
        File.WriteAllText(Path.Combine(inner, "a.png"), "");
        using var other = new TemporaryFolder();
        File.WriteAllText(Path.Combine(other.Path, "b.png"), "");
        Directory.CreateSymbolicLink(Path.Combine(inner, "up"), "../..");
        Directory.CreateSymbolicLink(Path.Combine(inner, "here"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "other"), other.Path);
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "broken"), "nowhere");

        ImageFiles.Find(folder.Path).Should().Equal(
            Path.Combine(inner, "a.png"), Path.Combine(folder.Path, "other", "b.png"));
    }

    [Fact]
    public void A_search_can_be_cancelled_and_a_missing_folder_is_named()
    {
        using var folder = new TemporaryFolder();

        ((Action)(() => ImageFiles.Find(folder.Path, cancellationToken: new CancellationToken(canceled: true)))).Should().Throw<OperationCanceledException>();
        ((Action)(() => ImageFiles.Find(Path.Combine(folder.Path, "absent"), (_, _) => { }))).Should().Throw<DirectoryNotFoundException>().WithMessage("*absent*");
    }
}
