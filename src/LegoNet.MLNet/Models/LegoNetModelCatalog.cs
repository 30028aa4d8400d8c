using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Opens models that can forget by <see cref="MLContext.Model"/>.</summary>
public static class LegoNetModelCatalog
{
    /// <summary>
    /// Opens a model directory, with the steps around the model that <see cref="SaveLegoNet"/> kept beside it. Columns that are not named are those of
    /// training (<see cref="LegoNetLoadOptions"/>).
    /// </summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="path">The model directory, by a trainer of this package or by the legonet tool.</param>
    /// <param name="featureColumnName">The column that is scored.</param>
    /// <param name="labelColumnName">The label column of rows to add or correct.</param>
    /// <param name="subjectColumnName">The subject column of rows to add or correct.</param>
    /// <param name="idColumnName">The id column of rows to add or correct.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    /// <exception cref="LegoNetException">There is no model there, or a file of it or of the steps is damaged.</exception>
    /// <exception cref="NotSupportedException">The model's task is multilabel, which ML.NET has no columns for.</exception>
    public static LegoNetPipeline LoadLegoNet(
        this ModelOperationsCatalog catalog,
        string path,
        string? featureColumnName = null,
        string? labelColumnName = null,
        string? subjectColumnName = null,
        string? idColumnName = null)
        => catalog.LoadLegoNet(path, new LegoNetLoadOptions
        {
            FeatureColumnName = featureColumnName,
            LabelColumnName = labelColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
        });

    /// <summary>Opens a model directory, with the steps around the model that <see cref="SaveLegoNet"/> kept beside it.</summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="path">The model directory, by a trainer of this package or by the legonet tool.</param>
    /// <param name="options">Column names and settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    /// <exception cref="LegoNetException">There is no model there, or a file of it or of the steps is damaged.</exception>
    /// <exception cref="NotSupportedException">The model's task is multilabel, which ML.NET has no columns for.</exception>
    public static LegoNetPipeline LoadLegoNet(this ModelOperationsCatalog catalog, string path, LegoNetLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var model = LegoNetTransformer.Load(path, options.With(HostLogger.Of(catalog)));
        try
        {
            var kept = options.WithoutSteps ? null : model.Model.Steps;
            return kept is null
                ? new LegoNetPipeline(model, [], 0)
                : new LegoNetPipeline(model, StepsZip.Load(catalog, model.Model.ReadSteps(kept)), kept.Front);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Keeps the steps before and behind a model in a file beside it (MODEL.steps.zip), so that <c>LoadLegoNet</c> brings back the whole pipeline. Once is
    /// enough: they learned nothing, so they stay the same whatever is forgotten. Training anew removes them.
    /// </summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="pipeline">A fitted pipeline with one model of this package, which has a ModelPath.</param>
    /// <param name="inputSchema">The schema of the rows that the pipeline was fitted on.</param>
    /// <exception cref="ArgumentException">The pipeline has no model of this package, more than one, or a temporary one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The pipeline does not fit the schema, or its features are not the model's.</exception>
    /// <exception cref="LegoNetException">
    /// A step learned from the rows, so that what it keeps would outlive a forget, or another process is writing.
    /// </exception>
    /// <exception cref="InvalidOperationException">ML.NET cannot save a step, for example a custom mapping without a contract's name.</exception>
    public static void SaveLegoNet(this ModelOperationsCatalog catalog, ITransformer pipeline, DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(inputSchema);
        (ITransformer Step, TransformerScope Scope)[] steps = [.. PipelineSteps.Of(pipeline)];
        if (steps.Select(s => s.Step).OfType<LegoNetTransformer>().ToArray() is not [var model])
        {
            throw new ArgumentException("Must have one model of LegoNet among its steps.", nameof(pipeline));
        }

        model.RequireKept(nameof(pipeline));
        var guarantee = pipeline.GetGuarantee(inputSchema);
        if (guarantee.LearningSteps.Count > 0)
        {
            throw LegoNetException.BadInput(
                $"{model.Model.Path}: the steps around the model are not kept, because some learned from the rows and no forget would reach them: "
                + $"{guarantee.Learned}.");
        }

        var front = Array.FindIndex(steps, s => ReferenceEquals(s.Step, model));
        model.RequireFeatures(steps.Take(front).Aggregate(inputSchema, (schema, step) => step.Step.GetOutputSchema(schema)));
        steps = [.. steps.Where(s => !ReferenceEquals(s.Step, model))];
        model.Model.KeepSteps(steps.Length == 0 ? null : StepsZip.Save(catalog, steps), front);
    }
}
