using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet evaluate MODEL --data SOURCE</summary>
internal static class EvaluateCommand
{
    private const int WidestMatrix = 20;

    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var data = Arguments.Data();
        var (encoder, device, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads());
        var command = new Command("evaluate", "Measure accuracy, per class and with a confusion matrix; errors for regression.") { model, data, encoder, device, threads };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, new ModelOptions { Threads = parsed.GetValue(threads) });
            var (setup, source) = Arguments.Open(opened, parsed.GetValue(data)!, parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                return Show(Measure(opened, setup, source, parsed.GetValue(threads), context), opened.Spec, context);
            }
        });
        return command;
    }

    public static Evaluation Measure(LegoNetModel model, EncoderSetup setup, IRecordSource source, int threads, CommandContext context)
    {
        var scorer = model.Scorer;
        var evaluation = new Evaluation(scorer);
        var label = new int[model.Spec.Labels.Width];
        foreach (var (records, codes) in RecordEncoder.Batches(source, setup.Encoder, threads, null, context.CancellationToken))
        {
            var scores = new double[records.Length * scorer.Outputs];
            scorer.Score(codes, scores);
            for (var i = 0; i < records.Length; i++)
            {
                model.Spec.Labels.Parse(records[i].Label, records[i].Origin, label);
                evaluation.Add(label, scores.AsSpan(i * scorer.Outputs, scorer.Outputs));
            }

            context.Progress.Report(new LegoNetProgress("evaluating", evaluation.Count, source.Count));
        }

        return evaluation.Count > 0 ? evaluation : throw LegoNetException.BadInput($"{source.Name}: has no records.");
    }

    private static CommandResult Show(Evaluation evaluation, ModelSpec spec, CommandContext context)
    {
        var json = new JsonObject { ["records"] = evaluation.Count };
        var text = new StringBuilder();
        text.AppendLine($"records            {evaluation.Count:N0}");
        switch (spec.Task)
        {
            case LearningTask.Regression:
                json["rootMeanSquaredError"] = evaluation.RootMeanSquaredError;
                json["meanAbsoluteError"] = evaluation.MeanAbsoluteError;
                json["rSquared"] = evaluation.RSquared;
                text.AppendLine($"root mean sq. err. {evaluation.RootMeanSquaredError:F4}");
                text.AppendLine($"mean abs. error    {evaluation.MeanAbsoluteError:F4}");
                text.AppendLine($"R²                 {evaluation.RSquared:F4}");
                break;
            case LearningTask.Multilabel:
                json["exactMatch"] = evaluation.Accuracy;
                json["microF1"] = evaluation.MicroF1;
                text.AppendLine($"exact match        {evaluation.Accuracy:P2}");
                text.AppendLine($"micro F1           {evaluation.MicroF1:F4}");
                ShowClasses(evaluation, spec, json, text);
                break;
            default:
                json["accuracy"] = evaluation.Accuracy;
                json["expectedCalibrationError"] = evaluation.CalibrationError;
                json["logLoss"] = evaluation.LogLoss;
                text.AppendLine($"accuracy           {evaluation.Accuracy:P2}");
                text.AppendLine($"calibration error  {evaluation.CalibrationError:F4} (expected, 15 bins)");
                text.AppendLine($"log loss           {evaluation.LogLoss:F4}");
                ShowClasses(evaluation, spec, json, text);
                ShowConfusion(evaluation, spec, json, text);
                break;
        }

        json["seconds"] = Math.Round(context.Seconds, 3);
        return new CommandResult(json, text.ToString());
    }

    private static void ShowClasses(Evaluation evaluation, ModelSpec spec, JsonObject json, StringBuilder text)
    {
        var width = Math.Max(5, spec.Classes.Max(c => c.Length));
        var classes = new JsonArray();
        text.AppendLine();
        text.AppendLine($"{"class".PadRight(width)}  precision  recall  records");
        for (var c = 0; c < spec.Classes.Count; c++)
        {
            var (precision, recall, support) = evaluation.ForClass(c);
            classes.Add(new JsonObject { ["class"] = spec.Classes[c], ["precision"] = precision, ["recall"] = recall, ["records"] = support });
            text.AppendLine($"{spec.Classes[c].PadRight(width)}  {precision,9:P1}  {recall,6:P1}  {support,7:N0}");
        }

        json["classes"] = classes;
    }

    private static void ShowConfusion(Evaluation evaluation, ModelSpec spec, JsonObject json, StringBuilder text)
    {
        var matrix = evaluation.Confusion;
        var count = spec.Classes.Count;
        json["confusion"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)new JsonArray([.. Enumerable.Range(0, count).Select(j => (JsonNode)matrix[i, j])]))]);
        text.AppendLine();
        if (count > WidestMatrix)
        {
            text.AppendLine($"The confusion matrix has {count} columns; --json prints it.");
            return;
        }

        var cell = Math.Max(5, matrix.Cast<long>().Max().ToString().Length + 1);
        var width = spec.Classes.Max(c => c.Length) + 5;
        text.AppendLine("confusion (rows: true, columns: predicted)");
        text.AppendLine(new string(' ', width) + string.Concat(Enumerable.Range(0, count).Select(c => $"[{c}]".PadLeft(cell))));
        for (var i = 0; i < count; i++)
        {
            text.AppendLine($"{$"[{i}]",-4} {spec.Classes[i].PadRight(width - 5)}{string.Concat(Enumerable.Range(0, count).Select(j => matrix[i, j].ToString().PadLeft(cell)))}");
        }
    }
}
