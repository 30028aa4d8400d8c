using LegoNet.Data.Json;

namespace LegoNet.Specs;

/// <summary>The words by which specs, stored and written by hand, name what code has enums for.</summary>
internal static class SpecWords
{
    public static string Word(this LearningTask task) => task switch
    {
        LearningTask.Multiclass => "multiclass",
        LearningTask.Binary => "binary",
        LearningTask.Regression => "regression",
        LearningTask.Multilabel => "multilabel",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "Is no task."),
    };

    public static string Word(this KeySource keys) => keys switch
    {
        KeySource.Gaussian => "gaussian",
        KeySource.Public => "public",
        _ => throw new ArgumentOutOfRangeException(nameof(keys), keys, "Is no source of keys."),
    };

    public static string Word(this EnsembleRule rule) => rule switch
    {
        EnsembleRule.Scores => "scores",
        EnsembleRule.Agreement => "agreement",
        EnsembleRule.Probabilities => "probabilities",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Is no rule of an ensemble."),
    };

    /// <summary>Reads a member that names one of an enum's values.</summary>
    /// <param name="spec">The object that has the member.</param>
    /// <param name="name">The member.</param>
    /// <param name="word">How the values are spelled.</param>
    /// <param name="defaultValue">What stands for a member that is missing; null where it must be there.</param>
    /// <exception cref="LegoNetException">The member is missing or is none of the words.</exception>
    public static T Read<T>(StrictJson spec, string name, Func<T, string> word, T? defaultValue = null)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var chosen = spec.Choice(name, defaultValue is { } value ? word(value) : null, Array.ConvertAll(values, v => word(v)));
        return Array.Find(values, v => word(v) == chosen);
    }
}
