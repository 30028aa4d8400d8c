using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
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
        var dataSpec = Arguments.DataSpec();
        var (encoder, device, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads());
        var command = new Command("evaluate", "Measure accuracy, per class and with a confusion matrix; errors for regression.")
        {
            model, data, dataSpec, encoder, device, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = new ModelOptions { Threads = parsed.GetValue(threads), Logger = new NoteLogger(context) };
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var (setup, source) = Arguments.Open(
                opened, parsed.GetValue(data)!, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                var evaluation = Evaluation.Of(opened.Scorer, source, setup.Encoder, parsed.GetValue(threads), context.Progress, context.CancellationToken);
                return Show(evaluation, opened.Spec, context);
            }
        });
        return command;
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
                text.AppendLine($"calibration error  {evaluation.CalibrationError:F4} (expected, {Evaluation.CalibrationBins} bins)");
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
            var (precision, recall, records) = evaluation.ForClass(c);
            classes.Add(new JsonObject { ["class"] = spec.Classes[c], ["precision"] = precision, ["recall"] = recall, ["records"] = records });
            text.AppendLine($"{spec.Classes[c].PadRight(width)}  {precision,9:P1}  {recall,6:P1}  {records,7:N0}");
        }

        json["classes"] = classes;
    }

    private static void ShowConfusion(Evaluation evaluation, ModelSpec spec, JsonObject json, StringBuilder text)
    {
        var matrix = evaluation.Confusion;
        var count = spec.Classes.Count;
        var rows = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Select(j => matrix[i, j]).ToArray()).ToArray();
        json["confusion"] = new JsonArray([.. rows.Select(row => new JsonArray([.. row.Select(cell => (JsonNode)cell)]))]);
        text.AppendLine();
        if (count > WidestMatrix)
        {
            text.AppendLine($"The confusion matrix has {count} columns; --json prints it.");
            return;
        }

        var cellWidth = Math.Max(5, matrix.Cast<long>().Max().ToString().Length + 1);
        var width = spec.Classes.Max(c => c.Length) + 5;
        text.AppendLine("confusion (rows: true, columns: predicted)");
        text.AppendLine(new string(' ', width) + string.Concat(Enumerable.Range(0, count).Select(c => $"[{c}]".PadLeft(cellWidth))));
        for (var i = 0; i < count; i++)
        {
            text.AppendLine($"{$"[{i}]",-4} {spec.Classes[i].PadRight(width - 5)}{string.Concat(rows[i].Select(cell => cell.ToString().PadLeft(cellWidth)))}");
        }
    }
}
