using System.Net;
using System.Text.Json;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>
/// The page in a real browser. It lies in a frame as wide as the screen that is meant, since Chromium has no window as narrow as a phone; a
/// script around the frame measures it, and the page itself stays as it is.
/// </summary>
public sealed class BrowserTests(ITestOutputHelper output) : IDisposable
{
    // Higher than that Chromium takes no picture.
    private const int HighestPicture = 16_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    public async Task Page_OnAScreen_FitsAndIsSilent(int width, bool isDark)
    {
        Browser.Require();
        var measured = await MeasureAsync(
            ReportWriter.Html(SampleComparison.Create()), width, isDark, $"report-{width}-{(isDark ? "dark" : "light")}.png");

        Assert.Empty(measured.Faults);
        Assert.Equal(isDark, measured.IsDark);
        Assert.InRange(measured.Height, 2_000, 60_000);
    }

    [Fact]
    public async Task Page_OfHostileNames_FitsAPhone()
    {
        Browser.Require();
        var measured = await MeasureAsync(ReportWriter.Html(HostileComparison.Create()), 390, isDark: false);

        Assert.Empty(measured.Faults);
    }

    [Fact]
    public async Task Page_WithoutAFrame_AsksForNothingAndSaysNothing()
    {
        Browser.Require();
        var page = _folder.Write("report.html", ReportWriter.Html(SampleComparison.Create()));

        var (dom, console) = await Browser.RunAsync(_folder.Path, page, "--dump-dom");

        Assert.Empty(console);
        Assert.Contains("</main>", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measurement_OfAPageThatDoesNotFit_FindsIt()
    {
        Browser.Require();
        const string page = """<!DOCTYPE html><html><head><style>body{margin:0}</style></head><body><p id="wide" style="width:500px">x</p></body></html>""";

        var measured = await MeasureAsync(page, 390, isDark: false);

        Assert.Contains(measured.Faults, f => f.Contains("wide", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Console_OfAPageThatFetches_IsHeard()
    {
        Browser.Require();
        var html = ReportWriter.Html(SampleComparison.Create(1, hasAttacks: false));
        var page = _folder.Write("fetches.html", html.Replace("</main>", "<img src=\"https://example.org/a.png\" alt=\"\"></main>"));

        var (_, console) = await Browser.RunAsync(_folder.Path, page, "--dump-dom");

        Assert.Contains(console, l => l.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    private async Task<Measured> MeasureAsync(string html, int width, bool isDark, string? picture = null)
    {
        var page = _folder.Write("frame.html", $$"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>frame</title>
            <style>body { margin: 0 } iframe { border: 0; display: block; width: {{width}}px; height: 900px }</style></head>
            <body><iframe title="page" srcdoc="{{WebUtility.HtmlEncode(html)}}"></iframe><pre hidden></pre><script>
            addEventListener('load', () => {
              const frame = document.querySelector('iframe'), page = frame.contentDocument, root = page.documentElement, faults = [];
              if (root.scrollWidth > {{width}}) faults.push('the document is ' + root.scrollWidth + ' px wide');
              for (const element of page.body.querySelectorAll('*')) {
                const box = element.getBoundingClientRect();
                const scrolls = element.closest('.scroll[tabindex="0"][role=region]');
                const limit = scrolls && scrolls !== element ? Infinity : {{width}};
                if (box.width > 0 && (box.right > limit + 0.5 || box.left < -0.5 && !scrolls))
                  faults.push(element.tagName + '#' + element.id + ' ' + element.textContent.slice(0, 40) + ': ' + box.left + ' to ' + box.right);
              }
              if (frame.contentWindow.performance.getEntriesByType('resource').length > 0) faults.push('it fetches');
              document.querySelector('pre').textContent = JSON.stringify(
                { Faults: faults, Height: root.scrollHeight, IsDark: frame.contentWindow.matchMedia('(prefers-color-scheme: dark)').matches });
              frame.style.height = root.scrollHeight + 'px';
            });
            </script></body></html>
            """);
        string[] scheme = isDark ? ["--blink-settings=preferredColorScheme=0"] : ["--blink-settings=preferredColorScheme=1"];
        var (dom, console) = await Browser.RunAsync(_folder.Path, page, [.. scheme, "--dump-dom"]);
        Assert.Empty(console);
        var from = dom.LastIndexOf("<pre hidden=\"\">", StringComparison.Ordinal) + "<pre hidden=\"\">".Length;
        var measured = JsonSerializer.Deserialize<Measured>(WebUtility.HtmlDecode(dom[from..dom.IndexOf("</pre>", from, StringComparison.Ordinal)]))!;
        output.WriteLine($"{width} px: {measured.Height} px high, {measured.Faults.Length} faults");
        if (picture is not null && Environment.GetEnvironmentVariable("LEGONET_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            string[] shot = [$"--screenshot={Path.Combine(folder, picture)}", $"--window-size={width},{Math.Min(measured.Height, HighestPicture)}"];
            await Browser.RunAsync(_folder.Path, page, [.. scheme, .. shot]);
        }

        return measured;
    }

    private sealed record Measured(string[] Faults, int Height, bool IsDark);
}
