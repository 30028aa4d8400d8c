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
        var suppress = new Option<bool>("--suppress") { Description = "Refuse records that were forgotten before." };
        var other = AllowOtherEncoder();
        var receipt = ReceiptPath();
        var cached = RunCache.Argument();
        var (encoder, device) = (Arguments.Encoder(), Arguments.Device());
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var dropCache = RunCache.Drop();
        var command = new Command("add", "Add records. A record that is stored already is passed over.")
        {
            model, data, suppress, other, receipt, cached, dropCache, encoder, device, key, signingKey, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, signingKey);
            options.DropCaches = parsed.GetValue(dropCache)!;
            var receiptPath = parsed.GetValue(receipt) is { } asked ? Outputs.Prepare(asked, parsed.GetValue(model)!) : null;
            using var opened = context.Open(parsed.GetValue(model)!, options);
            var (setup, source) = Arguments.Open(opened, parsed.GetValue(data)!, parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                Arguments.NoteIdentity(source, context);
                using var cache = RunCache.Open(parsed.GetValue(cached), setup.Encoder, options, context);
                cache.Register(opened);
                var selection = Selection.Read(null);
                var records = RecordEncoder.Encode(source, cache.Encoder, options.Threads, selection.Includes, context.Progress, context.CancellationToken);
                var added = opened.Add(
                    records,
                    new AddOptions { Suppress = parsed.GetValue(suppress), AllowOtherEncoder = parsed.GetValue(other) },
                    context.Progress,
                    context.CancellationToken);
                selection.NoteSubjects(source, context);
                return cache.Finish(Receipts.Show(added, context, receiptPath));
            }
        });
        return command;
    }

    public static Option<bool> AllowOtherEncoder() => new("--allow-other-encoder")
    {
        Description = "Store codes made by another runtime version, provider or batch shape than the model's.",
    };

    public static Option<string?> ReceiptPath() => new("--receipt") { Description = "Write the receipt to this file." };
}
