using LegoNet.MLNet.Data;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Opens models that can forget by <see cref="MLContext.Model"/>.</summary>
public static class LegoNetModelCatalog
{
    /// <summary>Opens a model directory as a step of a pipeline. Columns that are not named are those of training (<see cref="LegoNetLoadOptions"/>).</summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="path">The model directory, by a trainer of this package or by the legonet tool.</param>
    /// <param name="featureColumnName">The column that is scored.</param>
    /// <param name="labelColumnName">The label column of rows to add or correct.</param>
    /// <param name="subjectColumnName">The subject column of rows to add or correct.</param>
    /// <param name="idColumnName">The id column of rows to add or correct.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    /// <exception cref="LegoNetException">There is no model there, or a file of it is damaged.</exception>
    /// <exception cref="NotSupportedException">The model's task is multilabel, which ML.NET has no columns for.</exception>
    public static LegoNetTransformer LoadLegoNet(
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

    /// <summary>Opens a model directory as a step of a pipeline.</summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="path">The model directory, by a trainer of this package or by the legonet tool.</param>
    /// <param name="options">Column names and settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    /// <exception cref="LegoNetException">There is no model there, or a file of it is damaged.</exception>
    /// <exception cref="NotSupportedException">The model's task is multilabel, which ML.NET has no columns for.</exception>
    public static LegoNetTransformer LoadLegoNet(this ModelOperationsCatalog catalog, string path, LegoNetLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return LegoNetTransformer.Load(path, options.With(HostLogger.Of(catalog)));
    }
}
