using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Benchmarks.Lab;
using LegoNet.Cli;
using LegoNet.Onnx;

namespace LegoNet.Benchmarks;

/// <summary>LegoNet.Benchmarks [WORK...]</summary>
internal static class BenchProgram
{
    /// <summary>The name that people type, and that each failure's sentence begins with.</summary>
    public const string Name = "LegoNet.Benchmarks";

    private const int FewestRecords = 100;
    private const int MostRecords = 100_000_000;

    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, bool errorIsTerminal)
    {
        OnnxEncoderFactory.Register();
        var host = new CommandHost(Name, output, error, errorIsTerminal);
        var lab = LabCommands.Create(host).FirstOrDefault(c => c.Name == args.FirstOrDefault());
        return lab is null ? host.RunAsync(Create(host), args) : host.RunAsync(lab, args[1..]);
    }

    private static Command Create(CommandHost host)
    {
        var works = new Argument<string[]>("WORK")
        {
            Description = $"What to measure (default: {Names(b => b.ByDefault)}); also {Names(b => !b.ByDefault)}. --list describes each. "
                + "lab-sweep, lab-published and lab-claims are programs of their own, each with its own --help.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var list = new Option<bool>("--list") { Description = "List what can be measured, and measure nothing." };
        var codes = new Option<string?>("--codes") { Description = "Codes and labels that `legonet encode` wrote (default: generated ones, 50,000 × 1024)." };
        var data = new Option<string?>("--data") { Description = "For encode: a spec with an ONNX encoder of images, e.g. pipelines/cifar10.json." };
        var records = Number("--records", "Generated records, or images to encode (default: each work's own number).", FewestRecords, MostRecords);
        var adapters = Number("--adapters", "Adapters, n (default: 128).", 1, 65_535);
        var active = Number("--active", "Adapters that a record activates, k (default: 8).", 1, 65_535);
        var adapter = new Option<string?>("--adapter")
        {
            Description = $"The adapters' trainer, as the member \"adapter\" of a spec (default: {BenchRun.DefaultAdapter}).",
        };
        var repetitions = Number(
            "--repeat",
            $"Repetitions of long work, whose median is reported (default: {BenchRun.DefaultRepetitions}; kernels: as many as BenchmarkDotNet finds needed).",
            1,
            1000);
        var gigabytes = new Option<double>("--gigabytes") { Description = "For csv: the file's size in 10⁹ bytes.", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out")
        {
            Description = "Folder for scratch files, which are removed at the end (default: the system's folder for temporary files).",
        };
        var threads = Arguments.Threads();
        var against = new Option<string[]>("--against")
        {
            Description = "The command that starts another version of this program; last on the line. "
                + "Both versions run in turns, --repeat times each, and the medians of the ratios are reported.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(Name, "Measure speed and memory on this machine, beside the project's targets.")
        {
            works, list, codes, data, records, adapters, active, adapter, repetitions, gigabytes, output, threads, against,
        };
        command.Validators.Add(result =>
        {
            string[] named = [.. result.GetResult(works)?.Tokens.Select(t => t.Value) ?? []];
            if (named.FirstOrDefault(name => Benchmark.All.All(b => b.Name != name)) is { } unknown)
            {
                result.AddError($"There is no work \"{unknown}\" to measure; choose from {Names(_ => true)}.");
            }
            else if (named.Contains("encode", StringComparer.Ordinal) && result.GetResult(data) is null)
            {
                result.AddError("encode needs --data.");
            }
            else if (result.GetResult(gigabytes)?.Tokens is [var size]
                && !(double.TryParse(size.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0.001 and <= 1000))
            {
                result.AddError("--gigabytes must be a number from 0.001 to 1000.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            if (parsed.GetValue(list))
            {
                return List();
            }

            var named = parsed.GetValue(works) is { Length: > 0 } given ? given : [.. Benchmark.All.Where(b => b.ByDefault).Select(b => b.Name)];
            return Run(
                new BenchOptions
                {
                    Works = named.ToHashSet(StringComparer.Ordinal),
                    Codes = parsed.GetValue(codes),
                    Data = parsed.GetValue(data),
                    Records = parsed.GetValue(records),
                    Adapters = parsed.GetValue(adapters),
                    Active = parsed.GetValue(active),
                    Adapter = parsed.GetValue(adapter),
                    Repetitions = parsed.GetValue(repetitions),
                    Gigabytes = parsed.GetValue(gigabytes),
                    Threads = parsed.GetValue(threads),
                },
                parsed.GetValue(output),
                parsed.GetValue(against),
                context);
        });
        return command;
    }

    private static CommandResult Run(BenchOptions options, string? output, string[]? against, CommandContext context)
    {
        var parent = output is null ? Path.GetTempPath() : Path.GetFullPath(output);
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"legonet-bench-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        List<Measurement> measured = [];
        try
        {
            var run = new BenchRun(options, folder, context);
            measured.AddRange(against is { Length: > 0 }
                ? Comparison.Run(run, against)
                : Benchmark.All.Where(b => options.Works.Contains(b.Name)).SelectMany(b => b.Run(run)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var machine = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, "
            + $"{options.Threads} threads, {RuntimeInformation.FrameworkDescription}";
        return new CommandResult(
            new JsonObject
            {
                ["machine"] = machine,
                ["codes"] = options.Codes is { } codes ? Path.GetFullPath(codes) : "generated",
                ["measurements"] = new JsonArray([.. measured.Select(m => (JsonNode)m.ToJson())]),
                ["seconds"] = Math.Round(context.Seconds, 3),
            },
            $"{Table(measured)}\n{machine}; {(options.Codes is null ? "generated codes" : options.Codes)}; {context.Seconds:F0} s");
    }

    private static string Table(List<Measurement> measured)
    {
        string[][] rows =
        [
            ["work", "measured", "value", "aim", "reached", "on"],
            .. measured.Select(m => (string[])[m.Work, m.Measure, m.ValueText, m.AimText, m.Reached switch { true => "yes", false => "NO", _ => "" }, m.On]),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, c) => c == 2 ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd());
        }

        return text.ToString();
    }

    private static CommandResult List()
    {
        var width = Benchmark.All.Max(b => b.Name.Length);
        var works = Benchmark.All.Select(b => new JsonObject { ["name"] = b.Name, ["description"] = b.Description, ["byDefault"] = b.ByDefault });
        return new CommandResult(
            new JsonObject { ["works"] = new JsonArray([.. works]) },
            string.Join('\n', Benchmark.All.Select(b => $"{b.Name.PadRight(width)}  {b.Description}{(b.ByDefault ? "" : " (only when named)")}")));
    }

    private static string Names(Func<Benchmark, bool> of) => string.Join(", ", Benchmark.All.Where(of).Select(b => b.Name));

    private static Option<int?> Number(string name, string description, int least, int most)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            // Read as text: asking for the number throws where it is none.
            if (result.Tokens.Count > 0
                && !(int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= least && number <= most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}."));
            }
        });
        return option;
    }
}
