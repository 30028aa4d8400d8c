namespace LegoNet.MLNet;

/// <summary>A step of a pipeline that learned from the rows it was fitted on, or may have.</summary>
/// <param name="Position">The step's place in the pipeline, from 0; with chains inside chains, every single step counts.</param>
/// <param name="Name">The step as users call it, e.g. "FeaturizeText", "a trained MaximumEntropy model" for what a trainer gave, or its type's name.</param>
/// <param name="Columns">The columns it adds or replaces; empty where the pipeline's input schema was not given.</param>
/// <param name="Reason">What it keeps of the rows: a clause without a full stop.</param>
public sealed record LearningStep(int Position, string Name, IReadOnlyList<string> Columns, string Reason)
{
    /// <summary>The step in one line, numbered from 1.</summary>
    public override string ToString()
        => $"step {Position + 1}: {Name}{(Columns.Count == 0 ? "" : $" ({string.Join(", ", Columns)})")}: {Reason}";
}
