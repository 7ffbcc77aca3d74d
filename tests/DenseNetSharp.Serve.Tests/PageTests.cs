using System.Globalization;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Serve.Tests;

public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task An_example_is_classified_and_explained_and_another_class_is_chosen_by_the_keyboard()
    {
        await using var service = await Service.StartAsync();
        await using var page = await browser.OpenAsync(service);

        await page.Page.ClickAsync("#example-list li:nth-child(2) button");
        await page.UntilExplainedAsync();

        var expected = Shipped.Classify(Shipped.Example("bag")).Top(5);
        (await page.TextAsync("#status")).Should().Be($"Bag, {Percent(expected[0])}");
        (await OfBarsAsync<string>(page, "bar.querySelector('.name').textContent + ' ' + bar.querySelector('.share').textContent"))
            .Should().Equal(expected.Select(prediction => $"{prediction.Label} {Percent(prediction)}"));
        var widths = await OfBarsAsync<double>(page, "bar.querySelector('.fill').offsetWidth / bar.querySelector('.track').offsetWidth");
        widths.Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second.Probability) < 0.01);
        var first = await HeatAsync(page);
        first.Should().Contain(alpha => alpha > 200, "the map's largest value is drawn in full");

        // From the page's top to the bars, as one without a mouse goes.
        for (var i = 0; i < 20 && !await page.AskAsync<bool>("document.activeElement.name === 'class'"); i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
        }

        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.UntilAsync($"heat.index === {expected[1].Index} && !document.body.hasAttribute('aria-busy')");
        (await page.AskAsync<string>("document.querySelector('.is-chosen .name').textContent")).Should().Be(expected[1].Label);
        (await page.AskAsync<bool>("getComputedStyle(document.querySelector('.is-chosen')).outlineStyle === 'solid'")).Should().BeTrue("the focus is seen");
        (await HeatAsync(page)).Should().NotEqual(first);

        await page.Page.ClickAsync("#heat-shown");
        (await page.AskAsync<bool>("document.getElementById('heat').hidden")).Should().BeTrue();
        page.CheckQuiet();
    }

    [SkippableTheory]
    [InlineData("drop")]
    [InlineData("paste")]
    [InlineData("choose")]
    public async Task A_file_comes_in(string how)
    {
        await using var service = await Service.StartAsync();
        await using var page = await browser.OpenAsync(service);
        var file = Shipped.Sneakers[2];

        if (how == "choose")
        {
            await (await page.Page.QuerySelectorAsync("#picker")).UploadFileAsync(file);
        }
        else
        {
            await page.GiveAsync(how, Path.GetFileName(file), await File.ReadAllBytesAsync(file));
        }

        await page.UntilExplainedAsync();
        var best = Shipped.Classify(file).Best;
        (await page.TextAsync("#status")).Should().Be($"{best.Label}, {Percent(best)}");
        (await page.TextAsync("#caption")).Should().StartWith(Path.GetFileName(file));
        page.CheckQuiet();
    }

    [SkippableFact]
    public async Task What_goes_wrong_is_said_and_the_next_image_is_taken()
    {
        await using var service = await Service.StartAsync("DenseNet:MaxBytes=3000");
        await using var page = await browser.OpenAsync(service);

        await page.GiveAsync("drop", "notes.txt", "no image"u8.ToArray());
        (await page.ErrorAsync()).Should().StartWith("This is no image that can be read. notes.txt: ");
        await page.GiveAsync("drop", "<img src=x onerror=alert(1)>.png", Shipped.Bag[..300]);
        (await page.ErrorAsync()).Should().StartWith("The image is damaged or cannot be used. <img src=x onerror=alert(1)>.png: ");
        await page.GiveAsync("paste", "large.png", new byte[4000]);
        (await page.ErrorAsync()).Should().Be("The image is too large: it has 4 kB, and 3 kB are allowed.");
        await page.GiveAsync("drop", "", []);
        (await page.ErrorAsync()).Should().Be("That was no file. Choose, drop or paste an image; addresses are not fetched.");
        (await page.AskAsync<bool>("document.getElementById('retry').hidden")).Should().BeTrue();

        await page.Page.SetOfflineModeAsync(true);
        await page.GiveAsync("drop", "bag.png", Shipped.Bag);
        (await page.ErrorAsync()).Should().Be("You are offline. Work goes on when the connection is back.");
        await page.Page.SetOfflineModeAsync(false);
        await page.UntilExplainedAsync();

        await service.App.StopAsync();
        await page.GiveAsync("drop", "bag.png", Shipped.Bag);
        (await page.ErrorAsync()).Should().Be("The service does not answer. It may have been stopped.");
        (await page.AskAsync<bool>("document.getElementById('retry').hidden")).Should().BeFalse();
        page.CheckQuiet();
    }

    [SkippableFact]
    public async Task A_heat_map_that_failed_is_tried_again_for_the_class_that_was_chosen()
    {
        await using var service = await Service.StartAsync("Serve:MaxExplanations=1", "Serve:MaxExplanationQueue=0");
        await using var page = await browser.OpenAsync(service);
        await page.GiveAsync("drop", "bag.png", Shipped.Bag);
        await page.UntilExplainedAsync();
        var second = Shipped.Classify(Shipped.Example("bag")).Top(2)[1];
        using (var slow = await service.BeginAsync("/explain"))
        {
            await page.Page.ClickAsync(".bar:nth-child(2)");
            (await page.ErrorAsync()).Should().Be("The service has too much to do. As many requests for heat maps are under way or wait as may.");
            (await page.TextAsync("#status")).Should().StartWith("Bag, ", "the classes stay");
            await slow.SendFileAsync("bag.png", Shipped.Bag, isLast: true);
            (await slow.ReadLineAsync()).Should().Be("HTTP/1.1 200 OK");
        }

        // The place is free a moment after the answer is sent.
        await page.UntilAsync($"(document.getElementById('retry').click(), heat?.index === {second.Index}) && !document.body.hasAttribute('aria-busy')");
        (await page.AskAsync<string>("document.querySelector('.is-chosen .name').textContent")).Should().Be(second.Label);
    }

    [SkippableFact]
    public async Task An_error_outlives_a_lost_connection_and_what_the_connection_stopped_goes_on()
    {
        await using var service = await Service.StartAsync();
        await using var page = await browser.OpenAsync(service);
        await page.GiveAsync("drop", "notes.txt", "no image"u8.ToArray());
        var error = await page.ErrorAsync();
        await page.Page.SetOfflineModeAsync(true);
        await page.UntilAsync("!navigator.onLine");
        (await page.ErrorAsync()).Should().Be(error);
        await page.Page.SetOfflineModeAsync(false);
        await page.UntilAsync("navigator.onLine");
        (await page.ErrorAsync()).Should().Be(error);

        await page.GiveAsync("drop", "bag.png", Shipped.Bag);
        await page.UntilExplainedAsync();
        await page.Page.SetOfflineModeAsync(true);
        (await page.ErrorAsync()).Should().Be("You are offline. Work goes on when the connection is back.");
        (await page.AskAsync<bool>("document.getElementById('retry').hidden")).Should().BeTrue("nothing waits");
        await page.Page.ClickAsync(".bar:nth-child(2)");
        await page.UntilAsync("!document.getElementById('retry').hidden");
        await page.Page.SetOfflineModeAsync(false);

        var second = Shipped.Classify(Shipped.Example("bag")).Top(2)[1];
        await page.UntilAsync($"heat?.index === {second.Index} && !document.body.hasAttribute('aria-busy')");
        (await page.AskAsync<bool>("document.getElementById('error').hidden")).Should().BeTrue();
    }

    [SkippableFact]
    public async Task A_service_that_is_not_ready_is_asked_again()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("network.pth", "not a checkpoint"u8.ToArray());
        await using var service = await Service.StartUnreadyAsync($"DenseNet:File={file}", "DenseNet:WatchInterval=00:00:00.1");
        await using var page = await browser.OpenAsync(service, isReady: false);
        await page.GiveAsync("drop", "bag.png", Shipped.Bag);
        (await page.ErrorAsync()).Should().Be("The service is not ready: its network is still loading.");

        File.Copy(Shipped.Checkpoint, folder.File("whole.pth"));
        File.Copy(Path.Combine(Path.GetDirectoryName(Shipped.Checkpoint)!, "run.json"), folder.File("run.json"));
        File.Move(folder.File("whole.pth"), file, overwrite: true);
        await service.UntilReadyAsync();
        await page.Page.ClickAsync("#retry");

        await page.UntilExplainedAsync();
        (await page.TextAsync("#status")).Should().StartWith("Bag, ");
    }

    /// <summary>Text of less contrast than WCAG's 4.5 is hard to read; what is wider than the window is cut off.</summary>
    [SkippableTheory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1200, false)]
    [InlineData(1200, true)]
    public async Task Everything_fits_and_can_be_read(int width, bool isDark)
    {
        await using var service = await Service.StartAsync();
        await using var page = await browser.OpenAsync(service, width, isDark);
        var name = $"serve-{width}-{(isDark ? "dark" : "light")}";
        await PictureAsync(page, $"{name}-empty");
        await page.GiveAsync("drop", "notes.txt", "no image"u8.ToArray());
        await page.ErrorAsync();
        await CheckLooksAsync(page);
        await PictureAsync(page, $"{name}-error");

        await page.Page.ClickAsync("#example-list li:nth-child(1) button");
        await page.UntilExplainedAsync();
        await CheckLooksAsync(page);
        await PictureAsync(page, name);
        page.CheckQuiet();
    }

    private static async Task CheckLooksAsync(PageUnderTest page)
    {
        (await page.AskAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).Should().BeTrue();
        (await page.AskAsync<string[]>(
            """
            (() => {
              const parts = text => text.match(/[\d.]+/g).map(Number);
              const light = color => {
                const [r, g, b] = color.map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const behind = element => {
                const color = parts(getComputedStyle(element).backgroundColor);
                return color.length === 3 ? color : behind(element.parentElement);
              };
              const poor = [];
              for (const element of document.querySelectorAll('h1, h2, p, b, label, .name, .share, figcaption, button, a, #drop-hint')) {
                if (element.checkVisibility() && element.innerText && !element.matches('.unseen')) {
                  const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
                  if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(element.outerHTML);
                }
              }
              return poor;
            })()
            """)).Should().BeEmpty();
    }

    /// <summary>Keeps a picture for people to look at, in the folder that the environment names.</summary>
    private static async Task PictureAsync(PageUnderTest page, string name)
    {
        if (Environment.GetEnvironmentVariable("DENSENETSHARP_SCREENSHOTS") is { } folder)
        {
            await page.Page.ScreenshotAsync(Path.Combine(folder, $"{name}.png"), new() { FullPage = true });
        }
    }

    private static Task<T[]> OfBarsAsync<T>(PageUnderTest page, string expression) =>
        page.AskAsync<T[]>($"[...document.querySelectorAll('.bar')].map(bar => {expression})");

    /// <summary>How opaque the heat map is, here and there.</summary>
    private static Task<int[]> HeatAsync(PageUnderTest page) => page.AskAsync<int[]>(
        """
        (() => {
          const canvas = document.getElementById('heat');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return [...data.filter((_, i) => i % 4 === 3)].filter((_, i) => i % 97 === 0);
        })()
        """);

    private static string Percent(Prediction prediction) => (100 * prediction.Probability).ToString("F1", CultureInfo.InvariantCulture) + "%";
}
