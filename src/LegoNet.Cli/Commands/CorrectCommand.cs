using System.CommandLine;
using LegoNet.Changes;
using LegoNet.Encoders;

namespace LegoNet.Cli.Commands;

/// <summary>legonet correct MODEL --subject S --id I --label L, or --data SOURCE</summary>
internal static class CorrectCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var subject = new Option<string?>("--subject") { Description = "The record's subject." };
        var id = new Option<string?>("--id") { Description = "The record's id (default: the subject)." };
        var label = new Option<string?>("--label") { Description = "The new label." };
        var data = Arguments.Data(required: false);
        var dataSpec = Arguments.DataSpec();
        var other = AddCommand.AllowOtherEncoder();
        var shred = ForgetCommand.Shred();
        var (receipt, force) = (Receipts.Argument(), Outputs.Force());
        var cached = RunCache.Argument();
        var (encoder, device) = (Arguments.Encoder(), Arguments.Device());
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var dropCache = RunCache.Drop();
        var command = new Command("correct", "Replace the label of a stored record, or labels and contents from a source.")
        {
            model, subject, id, label, data, dataSpec, other, shred, receipt, force, cached, dropCache, encoder, device, key, signingKey, threads,
        };
        command.Validators.Add(result =>
        {
            // Whether they were given, not what they say: an option given twice has no value, and the parser's own message says so.
            bool Given(Option option) => result.GetResult(option) is not null;
            if (Given(data) ? Given(subject) || Given(label) : !Given(subject) || !Given(label))
            {
                result.AddError("Give either --subject and --label (and --id), or --data.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            options.DropCaches = parsed.GetValue(dropCache)!;
            options.Shred = parsed.GetValue(shred);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            if (parsed.GetValue(data) is not { } path)
            {
                using var forLabel = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), options);
                var owner = parsed.GetValue(subject)!;
                return Receipts.Show(opened.Correct(owner, parsed.GetValue(id) ?? owner, parsed.GetValue(label)!), context, forLabel);
            }

            var (setup, source) = Arguments.Open(opened, path, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                string?[] inputs = [.. Outputs.Data(path, source), setup.ModelPath];
                using var receiptFile = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), options, inputs);
                using var cache = RunCache.Open(parsed.GetValue(cached), setup.Encoder, options, context);
                cache.Register(opened);
                var records = RecordEncoder.Encode(source, cache.Encoder, options.Threads, null, context.Progress, context.CancellationToken);
                var addOptions = new AddOptions { AllowOtherEncoder = parsed.GetValue(other) };
                var corrected = opened.Correct(records, addOptions, context.Progress, context.CancellationToken);
                return cache.Finish(Receipts.Show(corrected, context, receiptFile));
            }
        });
        return command;
    }
}
