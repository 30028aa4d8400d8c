using LegoNet.MLNet.Data;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Adds the LegoNet trainers to ML.NET's catalogs.</summary>
public static class LegoNetCatalog
{
    /// <summary>Trains a multiclass model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="labelColumnName">The label column: a Key&lt;UInt32&gt;.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="adapters">Number n of adapters; null: n and k by rule from the rows that are read (<see cref="LegoNetOptions.Adapters"/>).</param>
    /// <param name="active">Number k of adapters that a record is routed to; null: by rule, or 4.</param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetMulticlassTrainer LegoNet(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        int? adapters = null,
        int? active = null)
        => catalog.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapters = adapters,
            Active = active,
        });

    /// <summary>Trains a multiclass model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="options">The trainer's options, copied here.</param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static LegoNetMulticlassTrainer LegoNet(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        LegoNetMulticlassTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetMulticlassTrainer(options, HostLogger.Of(catalog));
    }

    /// <summary>Trains a binary model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="labelColumnName">The label column: Boolean.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="adapters">Number n of adapters; null: n and k by rule from the rows that are read (<see cref="LegoNetOptions.Adapters"/>).</param>
    /// <param name="active">Number k of adapters that a record is routed to; null: by rule, or 4.</param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetBinaryTrainer LegoNet(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        int? adapters = null,
        int? active = null)
        => catalog.LegoNet(new LegoNetBinaryTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapters = adapters,
            Active = active,
        });

    /// <summary>Trains a binary model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="options">The trainer's options, copied here.</param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static LegoNetBinaryTrainer LegoNet(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        LegoNetBinaryTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetBinaryTrainer(options, HostLogger.Of(catalog));
    }

    /// <summary>Trains a regression model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="target">The declared range and resolution of the target.</param>
    /// <param name="labelColumnName">The label column: Single.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="adapters">Number n of adapters; null: n and k by rule from the rows that are read (<see cref="LegoNetOptions.Adapters"/>).</param>
    /// <param name="active">Number k of adapters that a record is routed to; null: by rule, or 4.</param>
    /// <returns>The estimator; see <see cref="LegoNetRegressionTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetRegressionTrainer LegoNet(
        this RegressionCatalog.RegressionTrainers catalog,
        RegressionTarget target,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        int? adapters = null,
        int? active = null)
        => catalog.LegoNet(new LegoNetRegressionTrainer.Options
        {
            Target = target,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapters = adapters,
            Active = active,
        });

    /// <summary>Trains a regression model of many small adapters from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="options">The trainer's options, copied here.</param>
    /// <returns>The estimator; see <see cref="LegoNetRegressionTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static LegoNetRegressionTrainer LegoNet(
        this RegressionCatalog.RegressionTrainers catalog,
        LegoNetRegressionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetRegressionTrainer(options, HostLogger.Of(catalog));
    }
}
