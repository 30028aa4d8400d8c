using LegoNet.MLNet.Data;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Adds exact ridge to ML.NET's catalogs: the LegoNet trainers with one ridge adapter on all records (n = k = 1), so without routing.
/// </summary>
public static class ExactRidgeCatalog
{
    /// <summary>Trains one ridge model (multiclass), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="labelColumnName">The label column: a Key&lt;UInt32&gt;.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="lambda">Regularisation: λ in |code·w − y|² + λ|w|², with codes of −127 to 127.</param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetMulticlassTrainer ExactRidge(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        double lambda = 100_000)
        => catalog.ExactRidge(new LegoNetMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Lambda = lambda,
        });

    /// <summary>Trains one ridge model (multiclass), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="options">The trainer's options, copied here. Adapters and Active are 1 and need not be set; Adapter stays null.</param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetMulticlassTrainer ExactRidge(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        LegoNetMulticlassTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetMulticlassTrainer(LegoNetOptions.AsExactRidge(options), HostLogger.Of(catalog));
    }

    /// <summary>Trains one ridge model (binary), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="labelColumnName">The label column: Boolean.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="lambda">Regularisation: λ in |code·w − y|² + λ|w|², with codes of −127 to 127.</param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetBinaryTrainer ExactRidge(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        double lambda = 100_000)
        => catalog.ExactRidge(new LegoNetBinaryTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Lambda = lambda,
        });

    /// <summary>Trains one ridge model (binary), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="options">The trainer's options, copied here. Adapters and Active are 1 and need not be set; Adapter stays null.</param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetBinaryTrainer ExactRidge(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        LegoNetBinaryTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetBinaryTrainer(LegoNetOptions.AsExactRidge(options), HostLogger.Of(catalog));
    }

    /// <summary>Trains one ridge model (regression), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="target">The declared range and resolution of the target.</param>
    /// <param name="labelColumnName">The label column: Single.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="lambda">Regularisation: λ in |code·w − y|² + λ|w|², with codes of −127 to 127.</param>
    /// <returns>The estimator; see <see cref="LegoNetRegressionTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetRegressionTrainer ExactRidge(
        this RegressionCatalog.RegressionTrainers catalog,
        RegressionTarget target,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        double lambda = 100_000)
        => catalog.ExactRidge(new LegoNetRegressionTrainer.Options
        {
            Target = target,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Lambda = lambda,
        });

    /// <summary>Trains one ridge model (regression), a linear model to begin with, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="options">The trainer's options, copied here. Adapters and Active are 1 and need not be set; Adapter stays null.</param>
    /// <returns>The estimator; see <see cref="LegoNetRegressionTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetRegressionTrainer ExactRidge(
        this RegressionCatalog.RegressionTrainers catalog,
        LegoNetRegressionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new LegoNetRegressionTrainer(LegoNetOptions.AsExactRidge(options), HostLogger.Of(catalog));
    }
}
