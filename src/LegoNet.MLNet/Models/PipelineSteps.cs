using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Takes fitted pipelines apart. Scopes are Everything, or TrainTest where scoring leaves a step out.</summary>
internal static class PipelineSteps
{
    /// <summary>The single steps, however chains are put into chains.</summary>
    public static IEnumerable<(ITransformer Step, TransformerScope Scope)> Of(ITransformer pipeline)
        => OfChain(pipeline).SelectMany(part => part.Step is IEnumerable<ITransformer>
            ? Of(part.Step).Select(step => (step.Step, step.Scope & part.Scope))
            : [part]);

    /// <summary>The parts of one chain, of which each may be a chain; what is none is its own part.</summary>
    public static IEnumerable<(ITransformer Step, TransformerScope Scope)> OfChain(ITransformer pipeline)
    {
        if (pipeline is LegoNetPipeline loaded)
        {
            return OfChain(loaded.Steps);
        }

        if (pipeline is not IEnumerable<ITransformer> chain)
        {
            return [(pipeline, TransformerScope.Everything)];
        }

        // Its scopes are shown to ML.NET's own assemblies only, but what is left of it for scoring is shown to all.
        var scoring = pipeline.GetType().GetMethod(nameof(TransformerChain<ITransformer>.GetModelFor))?.Invoke(pipeline, [TransformerScope.Scoring]);
        var scored = (scoring as IEnumerable<ITransformer> ?? chain).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return chain.Select(step => (step, scored.Contains(step) ? TransformerScope.Everything : TransformerScope.TrainTest));
    }
}
