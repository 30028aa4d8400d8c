using System.Collections.Concurrent;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>The trainers that specs can name. Built in: "auto", "ridge" and "softmax". Other packages register theirs under a prefix, e.g. "mlnet:".</summary>
public static class AdapterTrainers
{
    private static readonly ConcurrentDictionary<string, Func<StrictJson, LabelLayout, int, IAdapterTrainer>> s_factories = new(StringComparer.Ordinal);

    /// <summary>Registers a trainer, or a family of trainers whose names start with a prefix that ends in ':'.</summary>
    /// <param name="name">Name or prefix.</param>
    /// <param name="factory">Creates the trainer from its JSON object, the labels and the code's length; it reads the object strictly.</param>
    public static void Register(string name, Func<StrictJson, LabelLayout, int, IAdapterTrainer> factory) => s_factories[name] = factory;

    /// <summary>The "adapter" object of a spec that declares none: adapters that choose for themselves what suits their records.</summary>
    internal static string Default(LearningTask task)
        => task == LearningTask.Regression ? """{"trainer":"ridge","lambda":"auto"}""" : """{"trainer":"auto"}""";

    /// <summary>Creates the trainer that an "adapter" object of a spec names.</summary>
    /// <exception cref="LegoNetException">The trainer is unknown here, or its options are malformed.</exception>
    internal static IAdapterTrainer Create(StrictJson adapter, LabelLayout labels, int dimension)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(labels);
        var name = adapter.String("trainer");
        var isAuto = name == AutoTrainer.TrainerName || (name == RidgeTrainer.TrainerName && adapter.HasText("lambda"));
        return isAuto ? AutoTrainer.FromSpec(adapter, labels, dimension)
            : name == RidgeTrainer.TrainerName ? RidgeTrainer.FromSpec(adapter, labels, dimension)
            : name == SoftmaxTrainer.TrainerName ? SoftmaxTrainer.FromSpec(adapter, labels, dimension)
            : Find(name) is { } factory ? factory(adapter, labels, dimension)
            : throw Unknown(adapter, name);
    }

    /// <summary>What is missing here for the trainer that an "adapter" object names; null when it is known, whatever its options.</summary>
    internal static LegoNetException? WhyNotKnown(StrictJson adapter)
    {
        var name = adapter.String("trainer");
        return IsBuiltIn(name) || Find(name) is not null ? null : Unknown(adapter, name);
    }

    /// <summary>Whether a trainer is one of this package's own, which read their options whatever the labels and the code's length.</summary>
    internal static bool IsBuiltIn(string name) => name is AutoTrainer.TrainerName or RidgeTrainer.TrainerName or SoftmaxTrainer.TrainerName;

    private static Func<StrictJson, LabelLayout, int, IAdapterTrainer>? Find(string name)
        => s_factories.TryGetValue(name, out var factory) || s_factories.TryGetValue(Family(name), out factory) ? factory : null;

    private static string Family(string name)
        => name.Contains(':', StringComparison.Ordinal) ? name[..(name.IndexOf(':', StringComparison.Ordinal) + 1)] : name;

    private static LegoNetException Unknown(StrictJson adapter, string name) => adapter.Error("trainer", Family(name) == "mlnet:"
        ? $"names \"{name}\", which needs ML.NET, and this build was made without it (its package source lacks Microsoft.ML)"
        : $"names \"{name}\", which is not known here (built in: {AutoTrainer.TrainerName}, {RidgeTrainer.TrainerName}, {SoftmaxTrainer.TrainerName})");
}
