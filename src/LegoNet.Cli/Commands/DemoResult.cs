using System.Text.Json.Nodes;
using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Onnx;
using LegoNet.Specs;
using LegoNet.Verification;

namespace LegoNet.Cli.Commands;

/// <summary>What the demo did and found, for people and for programs.</summary>
internal sealed class DemoResult
{
    public required string Folder { get; init; }

    public required string Subject { get; init; }

    public required ModelSpec Spec { get; init; }

    public required long Records { get; init; }

    public required long RecordsLeft { get; init; }

    public required double TrainSeconds { get; init; }

    public required ForgetForecast Forecast { get; init; }

    public required Receipt Receipt { get; init; }

    public required string ReceiptPath { get; init; }

    public required double ForgetSeconds { get; init; }

    public required (double Test, double Own) Before { get; init; }

    public required (double Test, double Own) After { get; init; }

    public required VerificationReport Report { get; init; }

    public required DemoComparison Comparison { get; init; }

    public bool IsProven => Report.IsExact && Comparison.IsIdentical;

    public string ToText()
    {
        var (images, adapters) = (Plural.Of(Forecast.Records, "image"), Plural.Of(Forecast.Adapters.Count, "adapter"));
        var verified = Report.IsExact
            ? $"{Plural.Of(Report.Files, "file")} derived anew from the remaining records, every byte equal"
            : "FAILED: " + string.Join("; ", Report.Damage.Concat(Report.Differences));
        var compared = Comparison.IsIdentical
            ? $"{Plural.Of(Comparison.Files, "file")}, {Comparison.Bytes:N0} bytes: identical"
            : "DIFFERENT: " + string.Join(", ", Comparison.Differences);
        return $"""

            1  Trained on {Records:N0} images of 300 people: {Spec.Adapters} adapters, each image activates {Spec.Active}.
               {TrainSeconds:F1} s, encoding included.

            2  {Subject} asks to be forgotten: {images}, {adapters}, {Forecast.Rows:N0} rows to refit.
               Done and durable in {ForgetSeconds:F2} s; receipt: {ReceiptPath}

                                               before      after
                  images in the model     {Records,11:N0}{RecordsLeft,11:N0}
                  accuracy on test images {Before.Test,11:P1}{After.Test,11:P1}
                  … on the person's own   {Before.Own,11:P1}{After.Own,11:P1}

            3  Verified: {verified}.

            4  Trained once more without {Subject}, and compared with the model that forgot:
               {compared}.
               See for yourself: diff -r --exclude=ledger {Comparison.Left} {Comparison.Right}

            """;
    }

    public JsonObject ToJson(CommandContext context) => new()
    {
        ["folder"] = Folder,
        ["packageSources"] = PackageSources.Line,
        ["records"] = Records,
        ["subject"] = Subject,
        ["forgotten"] = Receipt.Records,
        ["adaptersRefitted"] = Receipt.Adapters.Count,
        ["trainSeconds"] = Math.Round(TrainSeconds, 3),
        ["forgetSeconds"] = Math.Round(ForgetSeconds, 4),
        ["accuracyBefore"] = Before.Test,
        ["accuracyAfter"] = After.Test,
        ["verified"] = Report.IsExact,
        ["identical"] = Comparison.IsIdentical,
        ["files"] = Comparison.Files,
        ["bytes"] = Comparison.Bytes,
        ["seconds"] = Math.Round(context.Seconds, 3),
    };
}
