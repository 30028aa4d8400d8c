using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Cli;
using LegoNet.Lab.Methods;

namespace LegoNet.Benchmarks.Lab;

/// <summary>The commands whose results docs/lab.md stands on. Each reads folders of codes and writes one file.</summary>
internal static class LabCommands
{
    private const int HeldOut = 3000;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Command> Create(CommandHost host) => [Sweep(host)];

    private static Command Sweep(CommandHost host)
    {
        var codes = Codes();
        var output = Output();
        var records = new Option<int>("--records") { Description = "Training records to use, drawn; 3,000 others are held out.", DefaultValueFactory = _ => 6000 };
        var requests = new Option<int>("--requests") { Description = "Single requests.", DefaultValueFactory = _ => 50 };
        var seeds = new Option<int>("--seeds") { Description = "Seeds.", DefaultValueFactory = _ => 2 };
        var judge = new Option<bool>("--judge") { Description = "Judge the settings that methods have, and try no others." };
        var only = new Option<string?>("--only") { Description = "Only methods with this name." };
        var command = new Command("lab-sweep", "Try settings of the approximate methods on training records, and hold them against retrained networks.")
        {
            codes, output, records, requests, seeds, judge, only,
        };
        host.Bind(command, (parsed, context) =>
        {
            var folder = parsed.GetValue(codes)!;
            var (fitted, held) = LabData.Read(folder, "train.safetensors", parsed.GetValue(records), HeldOut);
            var methods = (parsed.GetValue(judge) ? LabMethods.For(fitted).Where(m => m.Kind == MethodKind.Approximate) : LabCandidates.All())
                .Where(m => parsed.GetValue(only) is not { } name || m.Name == name);
            var (facts, rows) = new LabSweep(fitted, held!, parsed.GetValue(requests), parsed.GetValue(seeds), context).Run([.. methods]);
            return Finish(parsed, codes, parsed.GetValue(output)!, facts, rows, context);
        });
        return command;
    }

    private static Argument<string> Codes() => new("CODES") { Description = "A folder with train.safetensors and test.safetensors, as `legonet encode` writes them." };

    private static Option<string> Output() => new("--out") { Description = "The file to write.", Required = true };

    private static CommandResult Finish(
        ParseResult parsed, Argument<string> codes, string output, JsonObject facts, IReadOnlyList<JsonObject> rows, CommandContext context)
    {
        // The set's name says enough, and where it lies is nobody's business.
        var set = Path.GetFileName(Path.TrimEndingDirectorySeparator(parsed.GetValue(codes)!));
        string[] words = [.. parsed.Tokens.Select(t => t.Value == parsed.GetValue(codes) ? set : t.Value == output ? Path.GetFileName(output) : t.Value)];
        facts.Insert(0, "command", $"LegoNet.Benchmarks {parsed.CommandResult.Command.Name} {string.Join(' ', words)}");
        facts.Insert(1, "set", set);
        facts["seconds"] = LabFile.Number(context.Seconds);
        LabFile.Write(output, facts, rows);
        return new CommandResult(
            new JsonObject { ["file"] = output }, string.Join('\n', rows.Select(r => r.ToJsonString(LabFile.Options))) + $"\n{output}; {context.Seconds:F0} s");
    }
}
