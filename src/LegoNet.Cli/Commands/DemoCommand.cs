using System.CommandLine;
using System.Diagnostics;
using LegoNet.Files;
using LegoNet.Onnx;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>legonet demo [--out DIR]</summary>
internal static class DemoCommand
{
    private const string ForgottenSubject = "subject-156";

    public static Command Create(CommandHost host)
    {
        var output = new Option<string?>("--out") { Description = "Folder for the two models (default: a new temporary folder)." };
        var (device, threads) = (Arguments.Device(), Arguments.Threads());
        var command = new Command("demo", "Train on generated images, forget a person, and prove it.") { output, device, threads };
        host.Bind(command, (parsed, context) => Run(parsed.GetValue(output), parsed.GetValue(device)!, parsed.GetValue(threads), context));
        return command;
    }

    private static CommandResult Run(string? output, string device, int threads, CommandContext context)
    {
        var folder = CreateFolder(output);
        context.Note(PackageSources.Line);
        using var trainer = DemoTrainer.Open(folder, device, threads, context);
        using var model = trainer.Train("model", null, out var trainSeconds);
        var before = trainer.Measure(model, ForgottenSubject);

        ForgetTarget[] targets = [new(ForgottenSubject)];
        var forecast = model.Forecast(targets);
        var started = Stopwatch.GetTimestamp();
        var receipt = model.Forget(targets, false, context.Progress, context.CancellationToken);
        var forgetSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var receiptPath = Path.Combine(folder, "receipt.json");
        File.WriteAllText(receiptPath, receipt.ToJson() + "\n");
        var after = trainer.Measure(model, ForgottenSubject);

        var report = model.Verify(context.Progress, context.CancellationToken);
        using var never = trainer.Train("never-saw", record => record.Subject != ForgottenSubject, out _);
        var result = new DemoResult
        {
            Folder = folder,
            Subject = ForgottenSubject,
            Spec = model.Spec,
            Records = model.RecordCount + receipt.Records,
            RecordsLeft = model.RecordCount,
            TrainSeconds = trainSeconds,
            Forecast = forecast,
            Receipt = receipt,
            ReceiptPath = receiptPath,
            ForgetSeconds = forgetSeconds,
            Before = before,
            After = after,
            Report = report,
            Comparison = DemoComparison.Of(model.Path, never.Path),
        };
        return new CommandResult(result.ToJson(context), result.ToText(), result.IsProven ? ExitCodes.Done : ExitCodes.VerificationFailed);
    }

    private static string CreateFolder(string? output)
    {
        if (output is null)
        {
            return Directory.CreateTempSubdirectory("legonet-demo-").FullName;
        }

        ModelGround.Avoid(output);
        return Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()
            ? throw LegoNetException.BadInput($"{output}: is not empty; the demo wants a folder of its own.")
            : Directory.CreateDirectory(output).FullName;
    }
}
