using System.Diagnostics;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>A Chromium without a window, by its command line.</summary>
internal static class Browser
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("LEGONET_CHROMIUM") is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(f => f.Length > 0)
            .SelectMany(f => s_names.Select(n => Path.Combine(f, n))).FirstOrDefault(File.Exists);

    public static void Require() => Assert.SkipWhen(Program is null, "There is no Chromium here; install it, or set LEGONET_CHROMIUM to its program.");

    /// <summary>Runs it on a page.</summary>
    /// <param name="folder">An empty folder that it may use.</param>
    /// <param name="page">The page's file.</param>
    /// <param name="options">What it is to do.</param>
    /// <returns>What it wrote, and what the page's console said.</returns>
    public static async Task<(string Output, string[] Console)> RunAsync(string folder, string page, params IEnumerable<string> options)
    {
        // A sandbox needs rights that a container lacks. The page asks nothing of the network; the browser itself is kept from it too.
        string[] always =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-extensions", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
            "--hide-scrollbars", $"--user-data-dir={Path.Combine(folder, "profile")}",
        ];
        var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in always.Concat(options).Append(new Uri(page).AbsoluteUri))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (await output, [.. (await errors).Split('\n').Where(l => l.Contains(":CONSOLE", StringComparison.Ordinal))]);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
