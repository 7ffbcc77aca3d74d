using System.Collections.Concurrent;
using PuppeteerSharp;

namespace DenseNetSharp.Serve.Tests;

/// <summary>Headless Chromium, as the system has it, for the tests of the page; they are skipped where there is none.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] _names = ["chromium", "chromium-browser", "chromium-headless-shell", "google-chrome", "google-chrome-stable"];

    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => _names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is not null)
        {
            _browser = await Puppeteer.LaunchAsync(new LaunchOptions
            {
                ExecutablePath = program,
                // Root has no sandbox; the page is the test's own.
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
            });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    /// <summary>Opens the service's page; a wide window in light colours unless told otherwise.</summary>
    internal async Task<PageUnderTest> OpenAsync(Service service, int width = 1200, bool isDark = false, bool isReady = true)
    {
        Skip.If(_browser is null, "no Chromium is installed (Debian's package is chromium)");
        var page = await _browser.NewPageAsync();
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync(
        [
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" },
            new MediaFeatureValue { MediaFeature = MediaFeature.PrefersReducedMotion, Value = "reduce" },
        ]);
        var opened = new PageUnderTest(page, service.Address);
        await page.GoToAsync(service.Address);
        if (isReady)
        {
            await opened.UntilAsync("document.querySelectorAll('#example-list img').length === 3 && document.getElementById('limits').textContent !== ''");
        }

        return opened;
    }
}

/// <summary>The page, what it asked for, and what went wrong in it.</summary>
internal sealed class PageUnderTest : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _strangers = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public PageUnderTest(IPage page, string address)
    {
        Page = page;
        page.Request += (_, request) =>
        {
            if (!request.Request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Request.Url.StartsWith($"blob:{address}", StringComparison.Ordinal))
            {
                _strangers.Enqueue(request.Request.Url);
            }
        };
        page.PageError += (_, error) => _errors.Enqueue(error.Message);
        page.Console += (_, message) =>
        {
            // Chromium reports answers of 400 and above here, too, which tests mean to get.
            if (message.Message.Type == ConsoleType.Error && !message.Message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _errors.Enqueue(message.Message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Waits until an expression in the page is true.</summary>
    public async Task UntilAsync(string expression)
    {
        try
        {
            await Page.WaitForExpressionAsync(expression, new WaitForFunctionOptions { Timeout = 20_000 });
        }
        catch (WaitTaskTimeoutException)
        {
            throw new TimeoutException($"{expression} has not come true; the page says: {await TextAsync("body")}; errors: {string.Join("; ", _errors)}");
        }
    }

    /// <summary>Waits until an image is classified and explained.</summary>
    public Task UntilExplainedAsync() => UntilAsync("!document.getElementById('heat-controls').hidden && !document.body.hasAttribute('aria-busy')");

    /// <summary>Waits for an error and returns its sentence.</summary>
    public async Task<string> ErrorAsync()
    {
        await UntilAsync("!document.getElementById('error').hidden && !document.body.classList.contains('busy')");
        return await TextAsync("#error-text");
    }

    public Task<string> TextAsync(string selector) => Page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector).innerText", selector);

    public Task<T> AskAsync<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    /// <summary>Drops or pastes a file.</summary>
    public Task GiveAsync(string how, string name, byte[] bytes) => Page.EvaluateFunctionAsync(
        """
        (how, name, base64) => {
          const data = new DataTransfer();
          if (name) {
            data.items.add(new File([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))], name));
          } else {
            data.setData('text/uri-list', 'http://example.invalid/a.png');
          }
          document.body.dispatchEvent(how === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """,
        how, name, Convert.ToBase64String(bytes));

    /// <summary>Checks that nothing went wrong unnoticed and nobody else was asked.</summary>
    public void CheckQuiet()
    {
        _errors.Should().BeEmpty();
        _strangers.Should().BeEmpty();
    }

    public async ValueTask DisposeAsync() => await Page.DisposeAsync();
}
