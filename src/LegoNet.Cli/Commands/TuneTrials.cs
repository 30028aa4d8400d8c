using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>Tries what a spec could declare: first trainers on one division into adapters, then divisions with the best of them.</summary>
internal sealed class TuneTrials
{
    private static readonly string[] s_softmax = ["0.1", "0.01", "0.001", "0.0001"];
    private static readonly string[] s_ridge = ["1000", "10000", "100000", "1000000"];

    private readonly string _text;
    private readonly EncoderSetup _setup;
    private readonly TuneData _data;
    private readonly LearningTask _task;
    private readonly CommandContext _context;
    private readonly List<TuneTrial> _trials = [];

    private TuneTrials(string text, EncoderSetup setup, TuneData data, LearningTask task, CommandContext context)
        => (_text, _setup, _data, _task, _context) = (text, setup, data, task, context);

    /// <summary>Tries.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="text">Its text.</param>
    /// <param name="setup">Its encoder.</param>
    /// <param name="data">Records to fit to and to judge on.</param>
    /// <param name="records">Records of the training source, by which the rule of n and k goes.</param>
    /// <param name="options">Threads.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <returns>All trials, in the order in which they were made.</returns>
    /// <exception cref="LegoNetException">A label is malformed.</exception>
    public static IReadOnlyList<TuneTrial> Run(
        PipelineSpec spec, string text, EncoderSetup setup, TuneData data, long records, ModelOptions options, CommandContext context)
    {
        var labels = spec.Labels;
        var trials = new TuneTrials(text, setup, data, labels.Task, context);
        var declared = spec.Freeze(setup).Spec;
        var usual = AdapterTrainers.Default(labels.Task);
        var rule = EnsembleSize.For(records, setup.Encoder.Dimension, labels.Classes.Count);
        string[] softmax = labels.Task == LearningTask.Regression ? [] : [.. s_softmax.Select(l => $$"""{"trainer":"softmax","lambda":{{l}}}""")];
        string[] ridge = [.. s_ridge.Select(l => $$"""{"trainer":"ridge","lambda":{{l}}}""")];
        var isOwn = !AdapterTrainers.IsBuiltIn(Data.Json.StrictJson.Parse(declared.Adapter, spec.File).String("trainer"));
        foreach (var adapter in (string[])[usual, .. softmax, .. ridge, .. isOwn ? [declared.Adapter] : Array.Empty<string>()])
        {
            trials.Try(adapter, rule.Adapters, rule.Active, options);
        }

        var best = Best(trials._trials);
        foreach (var (adapters, active) in Sizes(rule, declared).Where(s => s.Adapters <= data.Fit.Count))
        {
            trials.Try(best.Adapter, adapters, active, options);
            if (best.Adapter != usual)
            {
                trials.Try(usual, adapters, active, options);
            }
        }

        return trials._trials;
    }

    /// <summary>
    /// The trial to go by, of those within one standard error of the best: the first, which is what is taken where nobody chooses, if it is
    /// among them, otherwise the one that knows best how sure it is. A choice is frozen, so it should not be one of chance.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="task">The task.</param>
    /// <param name="judged">Records on which they were judged.</param>
    public static TuneTrial Choose(IReadOnlyList<TuneTrial> trials, LearningTask task, int judged)
    {
        var best = Best(trials);
        var near = trials.Where(t => t.Quality >= best.Quality - StandardError(best, task, judged)).ToList();
        return near.Contains(trials[0]) ? trials[0] : near.OrderBy(t => t.Calibration ?? 0).ThenByDescending(t => t.Quality).First();
    }

    /// <summary>How far a trial's quality is from what more records would show, in two of three cases.</summary>
    public static double StandardError(TuneTrial trial, LearningTask task, int judged) => task == LearningTask.Regression
        ? Math.Abs(trial.Quality) / Math.Sqrt(2.0 * judged)
        : Math.Sqrt(Smoothed(trial.Quality, judged) * (1 - Smoothed(trial.Quality, judged)) / judged);

    // As if one more were right and one more wrong: few records that are all judged alike do not make a choice certain.
    private static double Smoothed(double quality, int judged) => ((quality * judged) + 1) / (judged + 2);

    // By quality, then by calibration, then by the time of a forget.
    private static TuneTrial Best(IEnumerable<TuneTrial> trials)
        => trials.OrderByDescending(t => t.Quality).ThenBy(t => t.Calibration ?? 0).ThenBy(t => t.ForgetSeconds).First();

    private static IEnumerable<(int Adapters, int Active)> Sizes(EnsembleSize rule, ModelSpec declared)
    {
        (int, int)[] near = rule.Adapters == 1
            ? [(16, 4), (64, 4)]
            : [(1, 1), (rule.Adapters / 2, rule.Active), (rule.Adapters * 2, rule.Active), (rule.Adapters, rule.Active * 2)];
        return near.Append((declared.Adapters, declared.Active)).Distinct().Where(s => s != (rule.Adapters, rule.Active));
    }

    private void Try(string adapter, int adapters, int active, ModelOptions options)
    {
        if (_trials.Any(t => (t.Adapter, t.Adapters, t.Active) == (adapter, adapters, active)))
        {
            return;
        }

        _context.CancellationToken.ThrowIfCancellationRequested();
        var folder = Directory.CreateTempSubdirectory("legonet-tune-");
        try
        {
            // A spec as it will be written, so that nothing is tried that would then be refused. Its sources are not opened.
            var file = Path.Combine(folder.FullName, "spec.json");
            File.WriteAllText(file, With(_text, adapter, adapters, active));
            var definition = PipelineSpec.Load(file).Freeze(_setup);
            var path = Path.Combine(folder.FullName, "model");
            var run = new ModelOptions { Threads = options.Threads };
            using var model = LegoNetModel.Train(path, definition, _data.Fit, run, null, _context.CancellationToken);
            var (quality, calibration) = TuneTrial.Read(Judge(model), _task);
            _trials.Add(new TuneTrial(adapter, adapters, active, quality, calibration, model.TypicalForgetSeconds()));
            _context.Progress.Report(new LegoNetProgress("trying", _trials.Count, null));
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.TooFewKeys)
        {
            // As many adapters as the card has no keys for are no choice.
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A spec's text with another choice in it.</summary>
    public static string With(string text, string adapter, int adapters, int active)
    {
        var keys = Data.Json.StrictJson.Parse(text, "the spec").Object("routing").OptionalString("keys");
        var routing = new JsonObject { ["adapters"] = adapters, ["active"] = active };
        if (keys is not null)
        {
            routing["keys"] = keys;
        }

        return SpecText.With(SpecText.With(text, "routing", SpecText.Line(routing)), "adapter", SpecText.Line(JsonNode.Parse(adapter)!.AsObject()));
    }

    private Evaluation Judge(LegoNetModel model)
    {
        var evaluation = new Evaluation(model.Scorer);
        var labels = model.Spec.Labels;
        var (words, scores) = (new int[labels.Width], new double[labels.Outputs]);
        foreach (var record in _data.Judge)
        {
            labels.Parse(record.Label, record.Origin, words);
            model.Scorer.Score(record.Code, scores);
            evaluation.Add(words, scores);
        }

        return evaluation;
    }
}
