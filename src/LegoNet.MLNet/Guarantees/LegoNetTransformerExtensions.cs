using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Questions to fitted pipelines.</summary>
public static class LegoNetTransformerExtensions
{
    /// <summary>What a fitted pipeline promises; see <see cref="PipelineGuarantee"/>.</summary>
    /// <param name="transformer">The pipeline, or a single step.</param>
    /// <param name="inputSchema">
    /// The schema of the rows it was fitted on; null where it is not at hand. With it, columns are named, and ML.NET's hashing steps are recognised
    /// as data-free.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The pipeline does not fit the schema.</exception>
    public static PipelineGuarantee GetGuarantee(this ITransformer transformer, DataViewSchema? inputSchema = null)
        => PipelineGuarantee.Of(transformer, inputSchema);
}
