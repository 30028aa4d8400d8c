using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Encoders;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>legonet train SPEC --out MODEL</summary>
internal static class TrainCommand
{
    public static Command Create(CommandHost host)
    {
        var spec = Arguments.Spec();
        var output = Arguments.Out("The model directory to create.");
        var exclude = new Option<string?>("--exclude")
        {
            Description = "Train as if these subjects or records had never been there (one a line: subject, or subject TAB id).",
        };
        var ignore = Selection.IgnoreUnknown();
        var copy = new Option<bool>("--copy-encoder") { Description = "Put a copy of the encoder into the model directory." };
        var cached = RunCache.Argument();
        var (encoder, device) = (Arguments.Encoder(), Arguments.Device());
        var (key, signingKey, threads, shared) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads(), Arguments.Shared());
        var command = new Command("train", "Train a model from a spec.")
        {
            spec, output, exclude, ignore, copy, cached, encoder, device, key, signingKey, threads, shared,
        };
        host.Bind(command, (parsed, context) =>
        {
            var pipeline = SpecFile.Load(parsed.GetValue(spec)!);
            var source = pipeline.OpenSource();
            Arguments.NoteIdentity(source, context);
            var selection = Selection.Read(parsed.GetValue(exclude), parsed.GetValue(ignore));
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            options.Shared = parsed.GetValue(shared);
            using var setup = pipeline.CreateEncoder(parsed.GetValue(device)!, parsed.GetValue(encoder), context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            var definition = pipeline.Freeze(setup, parsed.GetValue(copy));
            using var cache = RunCache.Open(parsed.GetValue(cached), setup.Encoder, options, context);
            cache.RegisterBy(options);
            var records = RecordEncoder.Encode(source, cache.Encoder, options.Threads, selection.Includes, context.Progress, context.CancellationToken);
            var taken = selection.RequireMatched(records);
            using var model = LegoNetModel.Train(parsed.GetValue(output)!, definition, taken, options, context.Progress, context.CancellationToken);
            selection.NoteExcluded(context);
            selection.NoteSubjects(source, context);
            Arguments.NotePassedOver(selection.Taken - model.RecordCount, "given twice, subject, id and content", context);
            Arguments.NoteClamped(setup.Encoder, context);
            var rows = model.ShardRows;
            return cache.Finish(new CommandResult(
                new JsonObject
                {
                    ["model"] = model.Path,
                    ["records"] = model.RecordCount,
                    ["excluded"] = selection.Excluded,
                    ["adapters"] = rows.Count,
                    ["dimension"] = model.Spec.Dimension,
                    ["root"] = model.RootDigest,
                    ["seconds"] = Math.Round(context.Seconds, 3),
                },
                $"Trained {model.Path}: {Plural.Of(model.RecordCount, "record")}, {Plural.Of(rows.Count, "adapter")}"
                + $"{(rows.Count == 1 ? "" : $" with {rows.Min():N0} to {rows.Max():N0} rows each")}, {context.Seconds:F1} s.\n"
                + $"root {model.RootDigest}"));
        });
        return command;
    }
}
