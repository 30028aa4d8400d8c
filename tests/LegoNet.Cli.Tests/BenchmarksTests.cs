using System.Text.Json.Nodes;
using LegoNet.Benchmarks;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data.Formats;

namespace LegoNet.Cli.Tests;

/// <summary>The program under bench/, on sizes that take seconds.</summary>
public sealed class BenchmarksTests
{
    [Fact]
    public void Bench_OfAFileOfCodes_ReportsEveryMeasureAndLeavesNothing()
    {
        using var folder = new TempFolder();
        var codes = WriteCodes(folder, 120, 8, classes: 3);
        var scratch = Directory.CreateDirectory(folder["scratch"]).FullName;

        string[] works = ["train", "verify", "batch", "size", "forget", "score"];
        var json = Measure([.. works, "--codes", codes, "--adapters", "4", "--active", "2", "--repeat", "1", "--out", scratch]);

        Assert.Equal(codes, (string?)json["codes"]);
        var measured = Measurements(json);
        Assert.Equal(
            [
                "train median", "verify × train", "batch forget, × train", "batch add, × train", "size × codes", "forget p50", "forget p95", "forget max",
                "forget p50, next", "score batch", "score batch, 1 thread", "score single, p50", "score single, p99",
            ],
            measured.Select(m => $"{m["work"]} {m["measure"]}"));
        Assert.All(measured, m =>
        {
            Assert.True((double)m["value"]! > 0, m.ToJsonString());
            Assert.Contains((string)m["unit"]!, new[] { "s", "ratio", "1/s" });
            Assert.NotEmpty((string)m["on"]!);

            // Targets were set for another size of work.
            Assert.Null(m["aim"]);
            Assert.Null(m["reached"]);
        });
        Assert.Contains("120 × 8, n = 4, k = 2", (string)measured[0]["on"]!, StringComparison.Ordinal);
        Assert.True(Value(measured, "forget", "p50") <= Value(measured, "forget", "p95"));
        Assert.True(Value(measured, "forget", "p95") <= Value(measured, "forget", "max"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
    }

    [Fact]
    public void Bench_Generated_IsOfTheAskedSize()
    {
        using var folder = new TempFolder();

        var size = Measurements(Measure("size", "--records", "300", "--adapters", "4", "--out", folder.Path)).Single();

        // The directory holds every code, and more.
        Assert.InRange((double)size["value"]!, 1, 3);
        Assert.Contains("300 × 1024, n = 4, k = 4", (string)size["on"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_Kernel_IsHeldAgainstTheInstruction()
    {
        var measured = Measurements(Measure("kernel"));

        var (kernel, ratio) = (Value(measured, "kernel", "kernel"), measured[^1]);
        Assert.True(kernel > 0.05, $"{kernel} G/s");
        if ((string?)ratio["measure"] == "ratio")
        {
            // No kernel is faster than its instruction; what is above 1 is the machine's pace.
            Assert.InRange((double)ratio["value"]!, 0.01, 1.5);
            Assert.Equal(0.6, (double)ratio["aim"]!);
            Assert.Equal("at least", (string?)ratio["aimIs"]);
            Assert.Equal((double)ratio["value"]! >= 0.6, (bool)ratio["reached"]!);
        }
    }

    [Fact]
    public void Bench_Kernels_AreMeasuredThroughBenchmarkDotNet()
    {
        using var folder = new TempFolder();

        var measured = Measurements(Measure("kernels", "--repeat", "1", "--out", folder.Path));

        string[] kernels = ["Gram matrix", "router", "Cholesky"];
        Assert.All(kernels, kernel => Assert.True(Value(measured, "kernels", kernel) > 0.05, kernel));
        if ((string?)measured[0]["measure"] == "instruction")
        {
            // One iteration of each, at different moments of a machine that may be doing other things.
            Assert.InRange(Value(measured, "kernels", "Gram ÷ instruction"), 0.01, 20);
            Assert.InRange(Value(measured, "kernels", "router ÷ instruction"), 0.01, 20);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Bench_AgainstItself_GivesTheRatioOfEachMeasure()
    {
        using var folder = new TempFolder();
        var itself = ChildProcess.Command(typeof(BenchProgram).Assembly);

        string[] work = ["train", "size", "--records", "100", "--adapters", "2", "--repeat", "2", "--out", folder.Path];
        var measured = Measurements(Measure([.. work, "--against", .. itself]));

        Assert.Equal(["train median, × other", "size × codes, × other"], measured.Select(m => $"{m["work"]} {m["measure"]}"));
        Assert.True((double)measured[0]["value"]! > 0);
        Assert.InRange((double)measured[1]["value"]!, 0.999, 1.001);
        Assert.All(measured, m => Assert.EndsWith("; 2 pairs of processes", (string)m["on"]!, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("no-such-program", "no-such-program")]
    [InlineData("dotnet no-such-program.dll", "no-such-program.dll")]
    public void Bench_AgainstWhatDoesNotRun_NamesIt(string command, string named)
    {
        using var folder = new TempFolder();

        string[] work = ["size", "--records", "100", "--adapters", "2", "--out", folder.Path];
        Assert.Contains(named, Refuses(3, [.. work, "--against", .. command.Split(' ')]), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Bench_Csv_ScoresInAProcessOfItsOwnAndMeasuresItsMemory()
    {
        using var folder = new TempFolder();

        var measured = Measurements(Measure("csv", "--gigabytes", "0.005", "--records", "200", "--out", folder.Path));

        Assert.True(Value(measured, "csv", "rate") > 0);
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(Value(measured, "csv", "peak memory"), 1e6, 500e6);
        }
    }

    [Fact]
    public void Bench_AsText_IsATable()
    {
        using var folder = new TempFolder();

        var run = Run("size", "--codes", WriteCodes(folder, 100, 4, classes: 2), "--adapters", "2", "--out", folder.Path).Succeeds();
        var lines = run.Output.Split(Environment.NewLine);

        Assert.Matches(@"^work +measured +value +aim +reached +on$", lines[0]);
        Assert.Matches(@"^size +× codes +\d+\.\d\d +100 × 4, n = 2, k = 2, ", lines[1]);
    }

    [Fact]
    public void Bench_List_NamesEveryWorkAndMeasuresNothing()
    {
        var works = Run("--list", "--json").Succeeds().Json["works"]!.AsArray();

        Assert.Equal(["kernel", "train", "verify", "batch", "size", "forget", "forget-256", "open", "score"], Named(byDefault: true));
        Assert.Equal(["kernels", "encode", "million", "growth", "csv"], Named(byDefault: false));

        IEnumerable<string?> Named(bool byDefault) => works.Where(w => (bool)w!["byDefault"]! == byDefault).Select(w => (string?)w!["name"]);
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("encode", "--data")]
    [InlineData("train --records 99", "--records")]
    [InlineData("train --adapters 0", "--adapters")]
    [InlineData("train --repeat many", "--repeat")]
    [InlineData("csv --gigabytes 0", "--gigabytes")]
    public void Bench_Misused_SaysWhat(string arguments, string named)
        => Assert.Contains(named, Refuses(2, arguments.Split(' ')), StringComparison.Ordinal);

    [Fact]
    public void Bench_OfNoCodes_NamesTheFile()
    {
        using var folder = new TempFolder();
        var missing = folder["missing.safetensors"];
        Assert.Contains(missing, Refuses(3, "size", "--codes", missing, "--out", folder.Path), StringComparison.Ordinal);
        var text = folder.Write("text.safetensors", "no arrays in here");
        Assert.Contains(text, Refuses(3, "size", "--codes", text, "--out", folder.Path), StringComparison.Ordinal);
        var writer = new SafetensorsWriter();
        writer.Add<sbyte>("codes", new sbyte[8], 2, 4);
        File.WriteAllBytes(text, writer.ToArray());
        Assert.Contains("labels", Refuses(3, "size", "--codes", text, "--out", folder.Path), StringComparison.Ordinal);
        Assert.Equal([text], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("lab-sweep", "--judge --requests 2", 10)]
    [InlineData("lab-claims", "--requests 2 --seeds 1 --shadows 12", 8)]
    [InlineData("lab-published", "--size 10 --only FixSISA --threads 1", 1)]
    public void Lab_OfAFolderOfCodes_WritesARowALineWithItsCommand(string work, string options, int rows)
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["train", "test"])
        {
            File.Move(WriteCodes(folder, 150, 8, classes: 3), folder[$"{name}.safetensors"]);
        }

        Run([work, folder.Path, "--out", folder["result.json"], .. options.Split(' ')]).Succeeds();

        var text = File.ReadAllText(folder["result.json"]);
        var json = JsonNode.Parse(text)!;
        Assert.Equal($"LegoNet.Benchmarks {work} {Path.GetFileName(folder.Path)} --out result.json {options}", (string?)json["command"]);
        Assert.Equal(rows, json["rows"]!.AsArray().Count);
        Assert.Equal(rows, text.Split('\n').Count(line => line.StartsWith("    {", StringComparison.Ordinal)));
        Assert.DoesNotContain(Path.GetDirectoryName(folder.Path)!, text, StringComparison.Ordinal);
    }

    private static ToolRun Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = BenchProgram.RunAsync(arguments, output, error, errorIsTerminal: false).GetAwaiter().GetResult();
        return new ToolRun(exitCode, output.ToString(), error.ToString(), BenchProgram.Name);
    }

    private static string Refuses(int exitCode, params string[] arguments) => Run([.. arguments, "--json"]).Fails(exitCode);

    private static JsonObject Measure(params string[] arguments) => Run([.. arguments, "--threads", "2", "--json"]).Succeeds().Json;

    private static JsonNode[] Measurements(JsonObject json) => [.. json["measurements"]!.AsArray().Select(m => m!)];

    private static double Value(JsonNode[] measured, string work, string measure)
        => (double)measured.Single(m => (string?)m["work"] == work && (string?)m["measure"] == measure)["value"]!;

    private static string WriteCodes(TempFolder folder, int records, int dimension, int classes)
    {
        var writer = new SafetensorsWriter();
        writer.Add<int>("labels", Enumerable.Range(0, records).Select(i => i % classes).ToArray(), records, 1);
        writer.Add<sbyte>("codes", Enumerable.Range(0, records * dimension).Select(i => (sbyte)((i * 7919 % 255) - 127)).ToArray(), records, dimension);
        File.WriteAllBytes(folder["codes.safetensors"], writer.ToArray());
        return folder["codes.safetensors"];
    }
}
