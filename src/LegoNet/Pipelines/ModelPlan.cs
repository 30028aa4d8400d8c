using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Pipelines;

/// <summary>
/// What is declared for a model, its encoder aside. A spec that somebody wrote and the options of an ML.NET trainer both become a plan, and
/// this is the one place where a plan becomes a model's definition.
/// </summary>
internal sealed class ModelPlan
{
    /// <summary>Where the plan comes from, for messages.</summary>
    public required string Origin { get; init; }

    /// <summary>The task.</summary>
    public required LearningTask Task { get; init; }

    /// <summary>The declared classes, [C]; empty for regression.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The declared range; regression only.</summary>
    public RegressionTarget? Target { get; init; }

    /// <summary>What is predicted where all adapters are empty (<see cref="ModelSpec.Prior"/>); null for the task's default.</summary>
    public IReadOnlyList<double>? Prior { get; init; }

    /// <summary>The softmax's divisor; null for what suits the adapters' trainer.</summary>
    public double? Temperature { get; init; }

    /// <summary>How the scores of a record's adapters become one; null for what suits the adapters' trainer.</summary>
    public EnsembleRule? Ensemble { get; init; }

    /// <summary>Adapters, n.</summary>
    public required int Adapters { get; init; }

    /// <summary>Adapters that a record activates, k.</summary>
    public required int Active { get; init; }

    /// <summary>Where the keys come from.</summary>
    public required KeySource Keys { get; init; }

    /// <summary>The adapters' trainer and its options.</summary>
    public required StrictJson Adapter { get; init; }

    /// <summary>Seed of Gaussian keys and of trainers that draw.</summary>
    public required long Seed { get; init; }

    /// <summary>How labels are spelled and stored.</summary>
    public LabelLayout Labels => field ??= new LabelLayout(Task, Classes, Target);

    /// <summary>Freezes the plan with an encoder.</summary>
    /// <param name="encoder">What the model freezes of its encoder.</param>
    /// <param name="copyEncoder">Whether the model directory gets a copy of the encoder's file.</param>
    /// <exception cref="LegoNetException">A declaration is malformed or out of its range, or there are fewer public keys than adapters.</exception>
    public ModelDefinition Freeze(FrozenEncoder encoder, bool copyEncoder = false)
    {
        var keys = Keys == KeySource.Gaussian ? GaussianKeys.Create(Seed, Adapters, encoder.Dimension) : encoder.PublicKeys(Adapters);
        var trainer = AdapterTrainers.Create(Adapter, Labels, encoder.Dimension);
        var spec = new ModelSpec
        {
            Task = Task,
            Classes = Classes,
            Target = Target,
            Prior = Prior,
            Temperature = Temperature ?? trainer.DefaultTemperature,
            Ensemble = Ensemble ?? trainer.DefaultEnsemble,
            Dimension = encoder.Dimension,
            Encoder = encoder.Declaration,
            Fingerprint = encoder.Fingerprint,
            Calibration = encoder.Calibration?.Digest,
            Adapters = Adapters,
            Active = Active,
            Keys = Keys,
            KeysDigest = keys.Digest,
            Adapter = trainer.Declaration,
            Seed = Seed,
        };
        return new ModelDefinition
        {
            // As it will be read back: whatever is wrong is said now and not after the data has been read.
            Spec = ModelSpec.Parse(spec.ToJson(), Origin),
            Keys = keys,
            Calibration = encoder.Calibration,
            EncoderPath = encoder.ModelPath,
            CopyEncoder = copyEncoder,
        };
    }
}
