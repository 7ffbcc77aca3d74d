using System.Diagnostics;
using System.Security.Cryptography;

namespace DenseNetSharp.Build.Tests;

public sealed class LibstdcxxNeedsTests : IDisposable
{
    private const string Old = "GLIBCXX_3.4.30";
    private const string New = "GLIBCXX_3.4.32";
    private static readonly HashSet<string> _offered = ["GLIBCXX_3.4", Old];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_the_lacking_versions_flag_changes_and_once()
    {
        var before = Library().Build();
        var file = _folder.Write("libLibTorchSharp.so", before);

        LibstdcxxNeeds.Weaken(file, _offered).Should().Equal(New);

        var after = File.ReadAllBytes(file);
        var need = ElfFile.ReadVersionNeeds(after).Single(need => need.Version == New);
        need.IsWeak.Should().BeTrue();
        Differences(before, after).Should().Equal((int)need.FlagsOffset);
        after[need.FlagsOffset].Should().Be(2);
        LibstdcxxNeeds.Weaken(file, _offered).Should().BeEmpty();
        File.ReadAllBytes(file).Should().Equal(after);
    }

    [Fact]
    public void What_keeps_a_library_from_loading_is_found_and_nothing_else()
    {
        LibstdcxxNeeds.FindLacking(Library().Build(), _offered).Select(need => need.Version).Should().Equal(New);
        LibstdcxxNeeds.FindLacking(Library().Build(), new HashSet<string>(_offered) { New }).Should().BeEmpty();
    }

    [Fact]
    public void Nothing_changes_where_the_version_is_offered()
    {
        var before = Library().Build();
        var file = _folder.Write("libLibTorchSharp.so", before);
        var time = File.GetLastWriteTimeUtc(file);

        LibstdcxxNeeds.Weaken(file, new HashSet<string>(_offered) { New }).Should().BeEmpty();

        File.ReadAllBytes(file).Should().Equal(before);
        File.GetLastWriteTimeUtc(file).Should().Be(time);
    }

    [Fact]
    public void A_version_whose_symbol_is_used_is_refused_and_the_file_stays()
    {
        var library = Library();
        library.Relocated.Add(New);
        var before = library.Build();
        var file = _folder.Write("libLibTorchSharp.so", before);

        ((Action)(() => LibstdcxxNeeds.Weaken(file, _offered))).Should().Throw<NotSupportedException>().WithMessage($"*{New}*");

        File.ReadAllBytes(file).Should().Equal(before);
        LibstdcxxNeeds.Weaken(file, offered: null).Should().NotContain(New, "an unknown libstdc++ may have it");
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_to_the_cache_is_replaced_and_the_caches_file_stays_as_it_is(bool isHardLink)
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        var cached = _folder.Write("cached.so", Library().Build());
        File.SetLastWriteTimeUtc(cached, new DateTime(2026, 5, 7, 9, 0, 0, DateTimeKind.Utc));
        var hash = SHA256.HashData(File.ReadAllBytes(cached));
        var output = _folder.File("libLibTorchSharp.so");
        Process.Start("ln", isHardLink ? [cached, output] : ["-s", cached, output]).WaitForExit();

        LibstdcxxNeeds.Weaken(output, _offered).Should().Equal(New);

        SHA256.HashData(File.ReadAllBytes(cached)).Should().Equal(hash);
        File.ReadAllBytes(output).Should().NotEqual(File.ReadAllBytes(cached));
        new FileInfo(output).LinkTarget.Should().BeNull();
        File.GetLastWriteTimeUtc(output).Should().Be(File.GetLastWriteTimeUtc(cached), "a rebuild then leaves the copy");
        Directory.GetFiles(_folder.Path).Should().HaveCount(2);
    }

    [Fact]
    public void A_file_of_every_cut_length_is_refused_in_words_or_left_alone()
    {
        var whole = Library().Build();
        for (var length = 0; length < whole.Length; length++)
        {
            var file = _folder.Write("cut.so", whole[..length]);
            ((Action)(() => LibstdcxxNeeds.Weaken(file, _offered))).Should().Throw<InvalidDataException>("the section headers are last");
            File.ReadAllBytes(file).Should().Equal(whole[..length]);
        }
    }

    [Fact]
    public void Damaged_files_end_in_words()
    {
        var whole = Library().Build();
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var j = 0; j <= i % 4; j++)
            {
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(4) == 0 ? 255 : random.Next(256));
            }

            try
            {
                ElfFile.ReadVersionNeeds(damaged);
                ElfFile.ReadVersionDefinitions(damaged);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        refused.Should().BePositive();
    }

    [Fact]
    public void Definitions_are_read()
    {
        var library = Library();
        library.Definitions.AddRange(["libx.so.6", "X_1", "X_2"]);

        ElfFile.ReadVersionDefinitions(library.Build()).Should().BeEquivalentTo("libx.so.6", "X_1", "X_2");
    }

    [SkippableFact]
    public void The_systems_own_libstdcxx_is_read_as_readelf_reads_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        var library = LibstdcxxNeeds.FindSystemLibrary();
        Skip.If(library is null, "no libstdc++.so.6 in the usual folders");

        var versions = ElfFile.ReadVersionDefinitions(File.ReadAllBytes(library!));

        // .NET itself needs them.
        versions.Should().Contain(["GLIBCXX_3.4", "CXXABI_1.3"]);
        ElfFile.ReadVersionNeeds(File.ReadAllBytes(library!)).Should().Contain(need => need.Library == "libc.so.6" && need.IsRelocated);
    }

    private static ElfBuilder Library()
    {
        var library = new ElfBuilder { Needs = { ("libc.so.6", ["GLIBC_2.34"]), ("libstdc++.so.6", ["GLIBCXX_3.4", New, Old]) } };
        library.Symbols.AddRange(["GLIBC_2.34", "GLIBCXX_3.4", New, Old]);
        library.Relocated.AddRange(["GLIBC_2.34", "GLIBCXX_3.4", Old]);
        return library;
    }

    private static IEnumerable<int> Differences(byte[] a, byte[] b) => Enumerable.Range(0, a.Length).Where(i => a[i] != b[i]);
}
