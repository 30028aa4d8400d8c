using System.CommandLine;
using LegoNet.Changes;
using LegoNet.Encoders;

namespace LegoNet.Cli.Commands;

/// <summary>legonet add MODEL --data SOURCE</summary>
internal static class AddCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var data = Arguments.Data();
        var dataSpec = Arguments.DataSpec();
        var suppress = new Option<bool>("--suppress") { Description = "Refuse records that were forgotten before." };
        var other = AllowOtherEncoder();
        var (receipt, force) = (Receipts.Argument(), Outputs.Force());
        var cached = RunCache.Argument();
        var (encoder, device) = (Arguments.Encoder(), Arguments.Device());
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var dropCache = RunCache.Drop();
        var command = new Command("add", "Add records. A record that is stored already is passed over.")
        {
            model, data, dataSpec, suppress, other, receipt, force, cached, dropCache, encoder, device, key, signingKey, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            options.DropCaches = parsed.GetValue(dropCache)!;
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var (setup, source) = Arguments.Open(
                opened, parsed.GetValue(data)!, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                string?[] inputs = [.. Outputs.Data(parsed.GetValue(data)!, source), setup.ModelPath];
                using var receiptFile = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), options, inputs);
                Arguments.NoteIdentity(source, context);
                using var cache = RunCache.Open(parsed.GetValue(cached), setup.Encoder, options, context);
                cache.Register(opened);
                var selection = Selection.All();
                var records = RecordEncoder.Encode(source, cache.Encoder, options.Threads, selection.Includes, context.Progress, context.CancellationToken);
                var added = opened.Add(
                    records,
                    new AddOptions { Suppress = parsed.GetValue(suppress), AllowOtherEncoder = parsed.GetValue(other) },
                    context.Progress,
                    context.CancellationToken);
                selection.NoteSubjects(source, context);
                Arguments.NotePassedOver(selection.Taken - added.Records, "stored already, or given twice, with the same content", context);
                Arguments.NoteClamped(setup.Encoder, context);
                return cache.Finish(Receipts.Show(added, context, receiptFile));
            }
        });
        return command;
    }

    public static Option<bool> AllowOtherEncoder() => new("--allow-other-encoder")
    {
        Description = "Store codes made by another runtime version, provider, batch shape or kind of processor than the model's.",
    };
}
