using LegoNet.Adapters;
using LegoNet.MLNet.Data;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Adds one exact model for each task to ML.NET's catalogs: the LegoNet trainers with one adapter on all records (n = k = 1), so without routing. They
/// take the place of ML.NET's linear trainers where records must be forgotten.
/// </summary>
public static class ExactCatalog
{
    private const double DefaultRelativeL2 = 0.003;

    /// <summary>
    /// Trains one logistic regression (multiclass), from which records and people can be forgotten exactly: the drop-in for <c>LbfgsMaximumEntropy</c>.
    /// </summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="labelColumnName">The label column: a Key&lt;UInt32&gt;.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="relativeL2Regularization">
    /// L2 regularisation in relation to the mean square of a feature, so that it means the same for few and many records: 10⁻⁹ to 1000. It is
    /// not the l2Regularization of ML.NET's trainers, which is absolute.
    /// </param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetMulticlassTrainer ExactLogisticRegression(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        double relativeL2Regularization = DefaultRelativeL2)
        => catalog.ExactLogisticRegression(new LegoNetMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapter = Softmax(relativeL2Regularization),
        });

    /// <summary>
    /// Trains one logistic regression (multiclass), from which records and people can be forgotten exactly: the drop-in for <c>LbfgsMaximumEntropy</c>.
    /// </summary>
    /// <param name="catalog">The multiclass trainers.</param>
    /// <param name="options">
    /// The trainer's options, copied here. Adapter is <see cref="AdapterOptions.Softmax"/> of 0.003 unless it is set to another λ; Adapters and
    /// Active are 1.
    /// </param>
    /// <returns>The estimator; see <see cref="LegoNetMulticlassTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetMulticlassTrainer ExactLogisticRegression(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        LegoNetMulticlassTrainer.Options options)
        => catalog.LegoNet(LegoNetOptions.WithOneAdapter(options, AdapterOptions.Softmax(DefaultRelativeL2), nameof(ExactLogisticRegression)));

    /// <summary>
    /// Trains one logistic regression (binary), from which records and people can be forgotten exactly: the drop-in for <c>LbfgsLogisticRegression</c>.
    /// </summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="labelColumnName">The label column: Boolean.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="relativeL2Regularization">
    /// L2 regularisation in relation to the mean square of a feature, so that it means the same for few and many records: 10⁻⁹ to 1000. It is
    /// not the l2Regularization of ML.NET's trainers, which is absolute.
    /// </param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static LegoNetBinaryTrainer ExactLogisticRegression(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? subjectColumnName = null,
        string? idColumnName = null,
        string? modelPath = null,
        FeatureRange? featureRange = null,
        double relativeL2Regularization = DefaultRelativeL2)
        => catalog.ExactLogisticRegression(new LegoNetBinaryTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapter = Softmax(relativeL2Regularization),
        });

    /// <summary>
    /// Trains one logistic regression (binary), from which records and people can be forgotten exactly: the drop-in for <c>LbfgsLogisticRegression</c>.
    /// </summary>
    /// <param name="catalog">The binary trainers.</param>
    /// <param name="options">
    /// The trainer's options, copied here. Adapter is <see cref="AdapterOptions.Softmax"/> of 0.003 unless it is set to another λ; Adapters and
    /// Active are 1.
    /// </param>
    /// <returns>The estimator; see <see cref="LegoNetBinaryTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetBinaryTrainer ExactLogisticRegression(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        LegoNetBinaryTrainer.Options options)
        => catalog.LegoNet(LegoNetOptions.WithOneAdapter(options, AdapterOptions.Softmax(DefaultRelativeL2), nameof(ExactLogisticRegression)));

    /// <summary>Trains one ridge regression, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="target">The declared range and resolution of the target.</param>
    /// <param name="labelColumnName">The label column: Single.</param>
    /// <param name="featureColumnName">The feature column, a known-size Vector&lt;Single&gt;.</param>
    /// <param name="subjectColumnName">The column that says whose data a row is; null: every record is its own subject.</param>
    /// <param name="idColumnName">The column with the record's name within its subject; null: its position in the view.</param>
    /// <param name="modelPath">The model directory to create; null: a temporary one that goes with the transformer.</param>
    /// <param name="featureRange">The declared range of plain features; null where the column is by an encoder of this package.</param>
    /// <param name="lambda">
    /// Regularisation: λ in |code·w − y|² + λ|w|², with codes of −127 to 127: 1 to 10¹⁵. It forgets quickest. Null: λ is chosen by cross-validation on
    /// the records, again after each forget.
    /// </param>
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
        double? lambda = null)
        => catalog.ExactRidge(new LegoNetRegressionTrainer.Options
        {
            Target = target,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
            ModelPath = modelPath,
            FeatureRange = featureRange,
            Adapter = lambda is { } given ? Ridge(given) : null,
        });

    /// <summary>Trains one ridge regression, from which records and people can be forgotten exactly.</summary>
    /// <param name="catalog">The regression trainers.</param>
    /// <param name="options">
    /// The trainer's options, copied here. Adapter is <see cref="AdapterOptions.Ridge()"/> unless it is set to one with a λ; Adapters and Active are 1.
    /// </param>
    /// <returns>The estimator; see <see cref="LegoNetRegressionTrainer"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for several adapters or another trainer.</exception>
    public static LegoNetRegressionTrainer ExactRidge(
        this RegressionCatalog.RegressionTrainers catalog,
        LegoNetRegressionTrainer.Options options)
        => catalog.LegoNet(LegoNetOptions.WithOneAdapter(options, AdapterOptions.Ridge(), nameof(ExactRidge)));

    private static AdapterOptions Softmax(double relativeL2Regularization)
    {
        OptionRules.RequireRange(relativeL2Regularization, SoftmaxTrainer.LeastLambda, SoftmaxTrainer.MostLambda, nameof(relativeL2Regularization));
        return AdapterOptions.Softmax(relativeL2Regularization);
    }

    private static AdapterOptions Ridge(double lambda)
    {
        OptionRules.RequireRange(lambda, RidgeTrainer.LeastLambda, RidgeTrainer.MostLambda, nameof(lambda));
        return AdapterOptions.Ridge(lambda);
    }
}
