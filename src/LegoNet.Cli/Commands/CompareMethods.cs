using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Lab;
using LegoNet.Lab.Methods;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>The methods of `legonet compare`: the lab's, and LegoNet as the spec and the command line declare it.</summary>
/// <param name="definition">What the spec was frozen to.</param>
/// <param name="trainers">Other trainers of LegoNet's adapters: names, or objects as in a spec.</param>
internal sealed class CompareMethods(ModelDefinition definition, IReadOnlyList<string> trainers)
{
    /// <summary>Refuses trainers that cannot be used, before anything is encoded.</summary>
    /// <exception cref="LegoNetException">One is unknown here, its options are malformed, or it is named twice.</exception>
    public void Check()
    {
        foreach (var (i, text) in trainers.Index())
        {
            _ = Trainer(Adapter(text), $"--trainer {text}");
            if (trainers.Take(i).Contains(text))
            {
                throw LegoNetException.BadInput($"--trainer {text}: is named twice.");
            }
        }
    }

    /// <summary>Methods for records: with the spec's n and k where they suit so many, and by the rule where they are a small part.</summary>
    /// <param name="records">The records.</param>
    /// <param name="isPart">Whether the records are far fewer than the spec is for.</param>
    /// <exception cref="LegoNetException">A trainer is unknown here, or its options are malformed.</exception>
    public IReadOnlyList<IForgettingMethod> For(RecordSet records, bool isPart)
    {
        var spec = definition.Spec;
        var size = isPart ? Least(EnsembleSize.For(records.Count, spec.Dimension, spec.Classes.Count)) : new EnsembleSize(spec.Adapters, spec.Active);
        var keys = spec.Keys == KeySource.Public ? KeySet.FromValues(definition.Keys.Values[..(size.Adapters * spec.Dimension)], spec.Dimension) : null;
        List<IForgettingMethod> methods = [.. LabMethods.For(records, size, keys)];
        IEnumerable<IForgettingMethod> more = trainers.Select((text, i) => Method(text, trainers.Take(i), size, keys));
        if (!methods.OfType<LegoNetMethod>().Any(IsDeclared))
        {
            more = more.Prepend(new LegoNetMethod("LegoNet, as in the spec", spec.Adapter, spec.Temperature, spec.Ensemble, size, keys));
        }

        methods.InsertRange(methods.FindLastIndex(m => m is LegoNetMethod) + 1, more);
        return methods;
    }

    private bool IsDeclared(LegoNetMethod method) => definition.Spec is var spec && Trainer(method.Adapter, "").Declaration == spec.Adapter
        && method.Temperature.Equals(spec.Temperature) && method.Ensemble == spec.Ensemble;

    // No more than the spec has keys for.
    private EnsembleSize Least(EnsembleSize rule)
    {
        var adapters = Math.Min(rule.Adapters, definition.Spec.Adapters);
        return new EnsembleSize(adapters, Math.Min(rule.Active, Math.Min(definition.Spec.Active, adapters)));
    }

    // One of the lab's or of the line's own trainers with other options is called by them.
    private LegoNetMethod Method(string text, IEnumerable<string> before, EnsembleSize size, KeySet? keys)
    {
        var trainer = Trainer(Adapter(text), $"--trainer {text}");
        var name = Name(trainer);
        var isTaken = AdapterTrainers.IsBuiltIn(name) || before.Any(other => Name(Trainer(Adapter(other), "--trainer")) == name);
        return new LegoNetMethod(
            $"LegoNet, {(isTaken ? text : name)}", trainer.Declaration, trainer.DefaultTemperature, trainer.DefaultEnsemble, size, keys);
    }

    private static string Adapter(string text) => text.StartsWith('{') ? text : new JsonObject { ["trainer"] = text }.ToJsonString();

    private static string Name(IAdapterTrainer trainer) => StrictJson.Parse(trainer.Declaration, "--trainer").String("trainer");

    private IAdapterTrainer Trainer(string adapter, string origin) => AdapterTrainers.Create(
        StrictJson.Parse(adapter, origin), new LabelLayout(LearningTask.Multiclass, definition.Spec.Classes, null), definition.Spec.Dimension);
}
