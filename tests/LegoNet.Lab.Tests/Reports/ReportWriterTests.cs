using System.Text.RegularExpressions;
using System.Xml.Linq;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>What stands in the twins, whatever the result.</summary>
public partial class ReportWriterTests
{
    public static TheoryData<string> Cases => ["sample", "one seed", "no attacks", "two classes", "all failed", "no oracle", "hostile"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Html_OfAnyResult_IsWellFormedAndReadableWithoutEyes(string name)
    {
        var html = ReportWriter.Html(Case(name));

        Assert.Equal(html, ReportWriter.Html(Case(name)));
        var page = Parse(html);
        Assert.Equal("en", page.Attribute("lang")?.Value);
        Assert.Single(page.Descendants("h1"));
        Assert.Single(page.Descendants("main"));
        Assert.Equal(
            page.Descendants("h2").Select(h => "#" + h.Attribute("id")?.Value),
            page.Descendants("nav").Descendants("a").Select(a => a.Attribute("href")?.Value));
        var policy = Assert.Single(page.Descendants("meta"), m => m.Attribute("http-equiv")?.Value == "Content-Security-Policy");
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'", policy.Attribute("content")?.Value);
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(a => a.Value.Split(' ')), id => Assert.Contains(id, ids));
        Assert.All(page.Descendants("svg").Where(s => s.Attribute("aria-hidden") is null), svg =>
        {
            Assert.Equal("img", svg.Attribute("role")?.Value);
            Assert.NotEmpty(svg.Element("title")!.Value);
            Assert.NotEmpty(svg.Element("desc")!.Value);
        });
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "img" or "link" or "iframe" or "image" or "use");
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Html_EveryTable_HasItsHeadersAndAsManyCellsInEachRow(string name)
        => Assert.All(Parse(ReportWriter.Html(Case(name))).Descendants("table"), table =>
        {
            Assert.NotEmpty(table.Element("caption")!.Value);
            Assert.All(table.Descendants("th"), th => Assert.Contains(th.Attribute("scope")?.Value, new[] { "col", "row", "colgroup" }));
            var columns = Width(table.Element("thead")!.Elements("tr").First());
            Assert.All(table.Element("tbody")!.Elements("tr"), row =>
            {
                Assert.Equal(columns, Width(row));
                Assert.Equal("row", row.Elements().First().Attribute("scope")?.Value);
            });
        });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Markdown_OfAnyResult_HasWellFormedTables(string name)
    {
        var markdown = ReportWriter.Markdown(Case(name));

        Assert.Equal(markdown, ReportWriter.Markdown(Case(name)));
        Assert.DoesNotContain("NaN", markdown, StringComparison.Ordinal);
        var cells = 0;
        foreach (var line in markdown.Split('\n'))
        {
            var now = line.StartsWith('|') ? Bar().Count(line) : 0;
            Assert.True(now == 0 || cells == 0 || now == cells, line);
            Assert.True(now > 0 || line.Length <= 160 || name == "hostile", line);
            cells = now;
        }
    }

    [Fact]
    public void Twins_OfAResult_HaveTheSameTables()
    {
        var (html, markdown) = (Parse(ReportWriter.Html(Case("sample"))), ReportWriter.Markdown(Case("sample")));

        var rows = html.Descendants("table").Sum(t => t.Element("tbody")!.Elements("tr").Count());
        Assert.Equal(rows, markdown.Split('\n').Count(l => l.StartsWith('|')) - (2 * html.Descendants("table").Count()));
    }

    [Fact]
    public void Html_HostileNames_StayText()
    {
        var html = ReportWriter.Html(HostileComparison.Create());

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202E', html);
        Assert.DoesNotContain('\0', html);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("\u2068قائمة \uFFFDtxt.exe\u2069", html, StringComparison.Ordinal);
        Assert.Contains("and 4,980 more", html, StringComparison.Ordinal);
        Assert.True(html.Length < 2_000_000, $"{html.Length} characters");
    }

    [Fact]
    public void Markdown_HostileNames_StayText()
    {
        var markdown = ReportWriter.Markdown(HostileComparison.Create());

        Assert.DoesNotContain("<script", markdown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"(?<!\\)\]\(javascript", markdown);
        Assert.DoesNotContain('\u202E', markdown);
    }

    [Fact]
    public void Verdicts_ByKind_SayWhatMayBeSaid()
    {
        var result = Case("sample");
        var verdicts = Parse(ReportWriter.Html(result)).Descendants("dd").Select(d => d.Value).ToArray();

        Assert.Equal(result.Methods.Count, verdicts.Length);
        Assert.All(result.Methods.Zip(verdicts), v =>
        {
            var (method, verdict) = v;
            Assert.DoesNotContain("erase", verdict, StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith(
                method.Kind switch
                {
                    MethodKind.Oracle => "Oracle: ",
                    MethodKind.Exact => "Exact: the same to the byte as never having seen the records, in all ",
                    MethodKind.AsPublished => "As published: its keys encode training records",
                    _ => "Approximate: not the same as never having seen the records",
                },
                verdict,
                StringComparison.Ordinal);
        });
        Assert.Contains("the attack tells forgotten records from never-seen ones (area 0.65", verdicts[14], StringComparison.Ordinal);
        Assert.Contains("could not do the 20 most prolific subjects.", verdicts[7], StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_OfAnExactMethodThatIsNot_WarnsAndTheSummaryToo()
    {
        var sample = SampleComparison.Create(1);
        var broken = sample.Tasks[1].Methods[5];
        MethodResult[] methods = [.. sample.Tasks[1].Methods];
        methods[5] = broken with { Seeds = [broken.Seeds[0] with { IsSameModel = false }] };
        TaskResult[] tasks = [.. sample.Tasks];
        tasks[1] = tasks[1] with { Methods = methods };

        var markdown = Unwrap(ReportWriter.Markdown(sample with { Tasks = tasks }));

        Assert.Contains("the same to the byte as never having seen the records in 4 of 5 tasks only: do not rely on it", markdown, StringComparison.Ordinal);
        Assert.Contains("Alarm: FixSISA should be exact and was not", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_WithoutAttacks_SaysThatNothingIsKnown()
    {
        var markdown = Unwrap(ReportWriter.Markdown(Case("no attacks")));

        Assert.Contains("No method was attacked here, so this report says nothing", markdown, StringComparison.Ordinal);
        Assert.Contains("No shadow models were trained here", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_Failures_AreSentencesInTheirRows()
    {
        var markdown = ReportWriter.Markdown(Case("sample"));

        Assert.Contains("| 8 LegoNet, auto (exact) | The trainer sees one class alone in an adapter's shard;", markdown, StringComparison.Ordinal);
        Assert.Contains("| 8 LegoNet, auto (exact) | The trainer needs more memory than there is", markdown, StringComparison.Ordinal);
        Assert.Contains("No method has done the first task", ReportWriter.Markdown(Case("all failed")), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_WhatExactnessDoesNotPrevent_IsSaid()
    {
        var markdown = Unwrap(ReportWriter.Markdown(Case("sample")));

        Assert.Contains("Exact forgetting does not prevent this, and no way of forgetting does.", markdown, StringComparison.Ordinal);
        Assert.Contains("a risk that exact forgetting does not take away", markdown, StringComparison.Ordinal);
        Assert.Contains("other data, other encoders and other machines", markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("hostile")]
    public void Picture_OfAResult_StandsAloneAndNamesEachMethod(string name)
    {
        var result = Case(name);

        var picture = XElement.Parse(ReportWriter.Picture(result));

        string[] texts = [.. picture.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        var drawn = result.Tasks[0].Methods.Where(m => m.Seeds.Count > 0).Select(m => SafeText.Of(m.Method)).ToArray();
        Assert.NotEmpty(drawn);
        Assert.All(drawn, method => Assert.Contains(method, texts));
        Assert.DoesNotContain(picture.Descendants(), e => e.Name.LocalName is "image" or "script" or "use");
        Assert.DoesNotContain("url(", picture.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_NothingToDraw_IsRefused()
        => Assert.Contains("no method", Assert.Throws<LegoNetException>(() => ReportWriter.Picture(Case("all failed"))).Message, StringComparison.Ordinal);

    private static ComparisonResult Case(string name) => name switch
    {
        "sample" => SampleComparison.Create(),
        "one seed" => SampleComparison.Create(1),
        "no attacks" => SampleComparison.Create(hasAttacks: false),
        "two classes" => SampleComparison.Create(classes: ["no", "yes"]),
        "no oracle" => WithoutOracles(SampleComparison.Create()),
        "hostile" => HostileComparison.Create(),
        _ => AllFailed(SampleComparison.Create()),
    };

    private static ComparisonResult WithoutOracles(ComparisonResult result) => result with
    {
        Methods = [.. result.Methods.Where(m => m.Kind != MethodKind.Oracle)],
    };

    private static ComparisonResult AllFailed(ComparisonResult result) => result with
    {
        Tasks = [.. result.Tasks.Select(t => t with { Methods = [.. t.Methods.Select(m => m with { Seeds = [], Failure = "It failed." })] })],
        Attacks = [.. result.Attacks.Select(a => a with { Curves = [], Failure = "It failed." })],
    };

    // The page is written so that it is XML too, but for the elements that HTML never closes.
    private static XElement Parse(string html) => XElement.Parse(VoidElement().Replace(html[html.IndexOf("<html", StringComparison.Ordinal)..], "$0</meta>"));

    private static int Width(XElement row) => row.Elements().Sum(c => int.Parse(c.Attribute("colspan")?.Value ?? "1"));

    private static string Unwrap(string markdown) => Break().Replace(markdown, " ");

    [GeneratedRegex("<meta [^>]*>")]
    private static partial Regex VoidElement();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Break();
}
