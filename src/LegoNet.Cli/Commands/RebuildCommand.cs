using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>legonet rebuild MODEL --spec NEW.json --out DIR</summary>
internal static class RebuildCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var spec = new Option<string>("--spec")
        {
            Description = "The new spec: other n, k, keys, λ, classes or trainer, on the same encoder.",
            Required = true,
        };
        var output = Arguments.Out("The model directory to create.");
        var (key, signingKey, threads, shared) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads(), Arguments.Shared());
        var command = new Command("rebuild", "Build another model from the stored codes; nothing is encoded again.")
        {
            model, spec, output, key, signingKey, threads, shared,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            options.Shared = parsed.GetValue(shared);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var definition = SpecFile.Load(parsed.GetValue(spec)!).FreezeFor(opened);
            using var rebuilt = opened.Rebuild(parsed.GetValue(output)!, definition, options, context.Progress, context.CancellationToken);
            return new CommandResult(
                new JsonObject
                {
                    ["model"] = rebuilt.Path,
                    ["records"] = rebuilt.RecordCount,
                    ["root"] = rebuilt.RootDigest,
                    ["seconds"] = Math.Round(context.Seconds, 3),
                },
                $"""
                Rebuilt {rebuilt.Path}: {rebuilt.RecordCount:N0} records, {rebuilt.ShardRows.Count} adapters, nothing encoded, {context.Seconds:F1} s.
                root {rebuilt.RootDigest}
                """);
        });
        return command;
    }
}
