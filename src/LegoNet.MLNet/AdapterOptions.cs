using System.Text;
using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.MLNet.Adapters;

namespace LegoNet.MLNet;

/// <summary>
/// What fits the adapters: a trainer and its options, with the names that they have in specs. Immutable. A trainer of models checks them when it is
/// created. Options that are left out have the trainer's default values.
/// </summary>
public sealed class AdapterOptions
{
    private readonly string _json;

    private AdapterOptions(string trainer, string json)
    {
        Trainer = trainer;
        _json = json;
    }

    /// <summary>The trainer's name, e.g. "softmax" or "mlnet:lbfgs".</summary>
    public string Trainer { get; }

    /// <summary>Each adapter chooses ridge or softmax and λ for itself, by cross-validation on its own records. Classes only.</summary>
    /// <param name="folds">Folds of the cross-validation, 2 to 16. Default: 2.</param>
    /// <param name="ridge">Relative λ of ridge to choose among; none leaves ridge out. Default: 0.3, 0.03, 0.003.</param>
    /// <param name="softmax">Relative λ of softmax to choose among; none leaves softmax out. Default: 0.03, 0.003, 0.0003.</param>
    public static AdapterOptions Auto(int? folds = null, IReadOnlyList<double>? ridge = null, IReadOnlyList<double>? softmax = null)
        => Of(AutoTrainer.TrainerName, ("folds", folds), ("ridge", ridge), ("softmax", softmax));

    /// <summary>Penalised logistic regression, exact on every machine. Classes only.</summary>
    /// <param name="lambda">λ in relation to the mean square of a column, so that it means the same for few and many records: 10⁻⁹ to 1000.</param>
    public static AdapterOptions Softmax(double lambda) => Of(SoftmaxTrainer.TrainerName, ("lambda", lambda));

    /// <summary>Ridge regression with a λ of yours, which forgets quickest: it subtracts records from sums and reads no others.</summary>
    /// <param name="lambda">λ in |code·w − y|² + λ|w|², with codes of −127 to 127: 1 to 10¹⁵. It does not grow with the records.</param>
    public static AdapterOptions Ridge(double lambda) => Of(RidgeTrainer.TrainerName, ("lambda", lambda));

    /// <summary>Ridge regression; each adapter chooses λ for itself, by cross-validation on its own records.</summary>
    public static AdapterOptions Ridge() => Of(RidgeTrainer.TrainerName, ("lambda", AutoTrainer.TrainerName));

    /// <summary>ML.NET's L-BFGS logistic regression ("mlnet:lbfgs"). Classes only.</summary>
    /// <param name="l1Regularization">Default: 1.</param>
    /// <param name="l2Regularization">Default: 1.</param>
    /// <param name="optimizationTolerance">Default: 10⁻⁷.</param>
    /// <param name="historySize">Default: 20.</param>
    /// <param name="maximumNumberOfIterations">Default: no limit.</param>
    /// <param name="enforceNonNegativity">Default: false.</param>
    public static AdapterOptions Lbfgs(
        double? l1Regularization = null,
        double? l2Regularization = null,
        double? optimizationTolerance = null,
        int? historySize = null,
        int? maximumNumberOfIterations = null,
        bool? enforceNonNegativity = null)
        => Of(
            LbfgsTrainer.TrainerName,
            (nameof(l1Regularization), l1Regularization),
            (nameof(l2Regularization), l2Regularization),
            (nameof(optimizationTolerance), optimizationTolerance),
            (nameof(historySize), historySize),
            (nameof(maximumNumberOfIterations), maximumNumberOfIterations),
            (nameof(enforceNonNegativity), enforceNonNegativity));

    /// <summary>ML.NET's stochastic dual coordinate ascent ("mlnet:sdca").</summary>
    /// <param name="l1Regularization">Default: 0.</param>
    /// <param name="l2Regularization">Default: 10⁻⁴.</param>
    /// <param name="convergenceTolerance">Default: 0.01.</param>
    /// <param name="biasLearningRate">Default: 0.</param>
    /// <param name="maximumNumberOfIterations">Default: 100.</param>
    /// <param name="shuffle">Default: true.</param>
    public static AdapterOptions Sdca(
        double? l1Regularization = null,
        double? l2Regularization = null,
        double? convergenceTolerance = null,
        double? biasLearningRate = null,
        int? maximumNumberOfIterations = null,
        bool? shuffle = null)
        => Of(
            SdcaTrainer.TrainerName,
            (nameof(l1Regularization), l1Regularization),
            (nameof(l2Regularization), l2Regularization),
            (nameof(convergenceTolerance), convergenceTolerance),
            (nameof(biasLearningRate), biasLearningRate),
            (nameof(maximumNumberOfIterations), maximumNumberOfIterations),
            (nameof(shuffle), shuffle));

    /// <summary>ML.NET's averaged perceptron ("mlnet:averagedperceptron"). Classes only.</summary>
    /// <param name="learningRate">Default: 1.</param>
    /// <param name="decreaseLearningRate">Default: false.</param>
    /// <param name="l2Regularization">Default: 0.</param>
    /// <param name="numberOfIterations">Default: 10.</param>
    /// <param name="shuffle">Default: true.</param>
    public static AdapterOptions AveragedPerceptron(
        double? learningRate = null,
        bool? decreaseLearningRate = null,
        double? l2Regularization = null,
        int? numberOfIterations = null,
        bool? shuffle = null)
        => Of(
            PerceptronTrainer.TrainerName,
            (nameof(learningRate), learningRate),
            (nameof(decreaseLearningRate), decreaseLearningRate),
            (nameof(l2Regularization), l2Regularization),
            (nameof(numberOfIterations), numberOfIterations),
            (nameof(shuffle), shuffle));

    /// <summary>ML.NET's boosted trees ("mlnet:fasttree").</summary>
    /// <param name="numberOfTrees">Default: 100.</param>
    /// <param name="numberOfLeaves">Default: 20.</param>
    /// <param name="minimumExampleCountPerLeaf">Default: 10.</param>
    /// <param name="learningRate">Default: 0.2.</param>
    /// <param name="maximumBinCountPerFeature">Default: 255.</param>
    /// <param name="featureFraction">Default: 1.</param>
    /// <param name="featureFractionPerSplit">Default: 1.</param>
    /// <param name="baggingSize">Trees between two draws of rows; 0 for none. Default: 0.</param>
    /// <param name="baggingExampleFraction">Default: 0.7.</param>
    /// <param name="unbalancedSets">Classes only. Default: false.</param>
    public static AdapterOptions FastTree(
        int? numberOfTrees = null,
        int? numberOfLeaves = null,
        int? minimumExampleCountPerLeaf = null,
        double? learningRate = null,
        int? maximumBinCountPerFeature = null,
        double? featureFraction = null,
        double? featureFractionPerSplit = null,
        int? baggingSize = null,
        double? baggingExampleFraction = null,
        bool? unbalancedSets = null)
        => Of(
            FastTreeTrainer.TrainerName,
            (nameof(numberOfTrees), numberOfTrees),
            (nameof(numberOfLeaves), numberOfLeaves),
            (nameof(minimumExampleCountPerLeaf), minimumExampleCountPerLeaf),
            (nameof(learningRate), learningRate),
            (nameof(maximumBinCountPerFeature), maximumBinCountPerFeature),
            (nameof(featureFraction), featureFraction),
            (nameof(featureFractionPerSplit), featureFractionPerSplit),
            (nameof(baggingSize), baggingSize),
            (nameof(baggingExampleFraction), baggingExampleFraction),
            (nameof(unbalancedSets), unbalancedSets));

    /// <summary>ML.NET's random forests ("mlnet:fastforest").</summary>
    /// <param name="numberOfTrees">Default: 100.</param>
    /// <param name="numberOfLeaves">Default: 20.</param>
    /// <param name="minimumExampleCountPerLeaf">Default: 10.</param>
    /// <param name="maximumBinCountPerFeature">Default: 255.</param>
    /// <param name="featureFraction">Default: 0.7.</param>
    /// <param name="featureFractionPerSplit">Default: 0.7.</param>
    /// <param name="baggingExampleFraction">Default: 0.7.</param>
    public static AdapterOptions FastForest(
        int? numberOfTrees = null,
        int? numberOfLeaves = null,
        int? minimumExampleCountPerLeaf = null,
        int? maximumBinCountPerFeature = null,
        double? featureFraction = null,
        double? featureFractionPerSplit = null,
        double? baggingExampleFraction = null)
        => Of(
            FastForestTrainer.TrainerName,
            (nameof(numberOfTrees), numberOfTrees),
            (nameof(numberOfLeaves), numberOfLeaves),
            (nameof(minimumExampleCountPerLeaf), minimumExampleCountPerLeaf),
            (nameof(maximumBinCountPerFeature), maximumBinCountPerFeature),
            (nameof(featureFraction), featureFraction),
            (nameof(featureFractionPerSplit), featureFractionPerSplit),
            (nameof(baggingExampleFraction), baggingExampleFraction));

    /// <summary>An estimator of yours ("mlnet:custom"), as <see cref="AdapterEstimators.Register"/> knows it.</summary>
    /// <param name="name">The name it is registered under.</param>
    /// <param name="version">The version it is registered with.</param>
    public static AdapterOptions Custom(string name, string version)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        return Of(EstimatorTrainer.TrainerName, (nameof(name), name), (nameof(version), version));
    }

    /// <summary>A trainer by its name in specs, with the default values of its options. "softmax" and "ridge" have none for λ: use their methods.</summary>
    /// <param name="trainer">The name, e.g. "auto" or "mlnet:lbfgs".</param>
    public static AdapterOptions FromString(string trainer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(trainer);
        return Of(trainer);
    }

    /// <summary>
    /// The "adapter" member of a spec file, e.g. <c>{"trainer":"softmax","lambda":0.003}</c>: for trainers that other packages register, too.
    /// </summary>
    /// <param name="json">The JSON object.</param>
    /// <exception cref="ArgumentException">It is no JSON object, or names no trainer.</exception>
    public static AdapterOptions FromJson(string json)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        try
        {
            return new AdapterOptions(StrictJson.Parse(json, nameof(json)).String("trainer"), json);
        }
        catch (LegoNetException e)
        {
            throw new ArgumentException(e.Message, nameof(json), e);
        }
    }

    /// <summary>A trainer by its name in specs (<see cref="FromString"/>).</summary>
    /// <param name="trainer">The name.</param>
    public static implicit operator AdapterOptions(string trainer) => FromString(trainer);

    /// <summary>The trainer and its options as the "adapter" member of a spec: JSON.</summary>
    public override string ToString() => _json;

    private static AdapterOptions Of(string trainer, params ReadOnlySpan<(string Name, object? Value)> options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("trainer", trainer);
            foreach (var (name, value) in options)
            {
                if (value is not null)
                {
                    json.WritePropertyName(name);
                    Write(json, name, value);
                }
            }

            json.WriteEndObject();
        }

        return new AdapterOptions(trainer, Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int integer:
                json.WriteNumberValue(integer);
                break;
            case double number:
                json.WriteNumberValue(double.IsFinite(number) ? number : throw new ArgumentOutOfRangeException(name, number, "Must be a finite number."));
                break;
            case IEnumerable<double> numbers:
                json.WriteStartArray();
                foreach (var number in numbers)
                {
                    Write(json, name, number);
                }

                json.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"{value.GetType()}");
        }
    }
}
