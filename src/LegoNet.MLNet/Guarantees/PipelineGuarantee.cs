using LegoNet.Audit;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// What a whole ML.NET pipeline promises. A model of LegoNet forgets exactly, but a step before it that learned from the rows keeps what it learned:
/// then the pipeline is <see cref="Guarantee.Approximate"/>, and the steps are named.
/// </summary>
/// <remarks>
/// A step counts as data-free only if it is known to be: LegoNet's own transforms, and those of ML.NET that keep nothing of the rows.
/// Custom mappings count as data-free, since ML.NET has no way to fit them; what the user's code keeps on its own account is not seen.
/// Anything unknown counts as learning. The graph of ML.NET's ApplyOnnxModel counts as data-free too: it is taken as frozen, as an encoder
/// is, and where it came from is not seen. A graph exported from a model of LegoNet is a snapshot of it, which no forget reaches: the
/// pipeline is then not exact, whatever this says. ToOnnxTransformer is recognised. A pipeline loaded from a zip is judged by what ML.NET
/// made of it: keys that were declared cannot be told from keys that were collected any more. A <see cref="LegoNetPipeline"/> is exact: its
/// steps were judged when they were kept.
/// </remarks>
public sealed class PipelineGuarantee
{
    private PipelineGuarantee(IReadOnlyList<LearningStep> learningSteps) => LearningSteps = learningSteps;

    /// <summary>Exact when no step learned from the rows in a way that forgetting does not undo.</summary>
    public Guarantee Guarantee => LearningSteps.Count == 0 ? Guarantee.Exact : Guarantee.Approximate;

    /// <summary>The steps that learned, in their order; empty for an exact pipeline.</summary>
    public IReadOnlyList<LearningStep> LearningSteps { get; }

    /// <summary>Judges a fitted pipeline.</summary>
    /// <param name="transformer">The pipeline, or a single step.</param>
    /// <param name="inputSchema">
    /// The schema of the rows it was fitted on; null where it is not at hand. With it, columns are named, and ML.NET's Hash is recognised
    /// as data-free.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The pipeline does not fit the schema.</exception>
    internal static PipelineGuarantee Of(ITransformer transformer, DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        var learning = new List<LearningStep>();
        var schema = inputSchema;
        var position = 0;
        foreach (var step in Steps(transformer))
        {
            var after = schema is null ? null : step.GetOutputSchema(schema);
            var added = after is null ? null : Added(schema!, after);
            if (DataFreeSteps.WhyNotDataFree(step, added) is { } reason)
            {
                learning.Add(new LearningStep(position, DataFreeSteps.NameOf(step), [.. (added ?? []).Select(column => column.Name)], reason));
            }

            schema = after;
            position++;
        }

        return new PipelineGuarantee(learning);
    }

    /// <summary>"Exact", or "Approximate" with the steps that learned.</summary>
    public override string ToString() => LearningSteps.Count == 0 ? $"{Guarantee}" : $"{Guarantee}: {string.Join("; ", LearningSteps)}";

    private static IEnumerable<ITransformer> Steps(ITransformer transformer)
        => transformer is IEnumerable<ITransformer> chain and not LegoNetPipeline ? chain.SelectMany(Steps) : [transformer];

    // A replaced column stays in the schema, hidden behind the new one of its name.
    private static DataViewSchema.Column[] Added(DataViewSchema before, DataViewSchema after)
    {
        var known = before.CountBy(column => column.Name).ToDictionary(StringComparer.Ordinal);
        var now = after.CountBy(column => column.Name).ToDictionary(StringComparer.Ordinal);
        return [.. after.Where(column => !column.IsHidden && now[column.Name] > known.GetValueOrDefault(column.Name))];
    }
}
