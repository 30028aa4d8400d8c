using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Data.Json;
using LegoNet.MLNet.Data;
using LegoNet.Specs;

namespace LegoNet.MLNet;

/// <summary>Options that the trainers of all tasks have in common. A trainer copies and checks its options when it is created.</summary>
public abstract class LegoNetOptions
{
    private const int MaxAdapters = 65_535;
    private const int UsuallyActive = 4;

    private protected LegoNetOptions()
    {
    }

    /// <summary>The label column. Default: "Label". Multiclass: Key&lt;UInt32&gt;; binary: Boolean; regression: Single.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>The feature column, a known-size Vector&lt;Single&gt; of D slots. Default: "Features".</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>
    /// The column that says whose data a row is: text or a whole number. Forgetting a subject forgets all its rows. Default: null, every
    /// record is its own subject.
    /// </summary>
    public string? SubjectColumnName { get; set; }

    /// <summary>
    /// The column with the record's name, unique within its subject: text or a whole number. Default: null, rows are named by their
    /// position in the view ("row 17"), which holds for this very view only, and a warning is logged.
    /// </summary>
    public string? IdColumnName { get; set; }

    /// <summary>
    /// The model directory to create. Default: null, a directory for temporary files that only the owner can read; it is removed when the
    /// transformer is disposed or collected, or the process ends (a process that is killed leaves it behind).
    /// </summary>
    public string? ModelPath { get; set; }

    /// <summary>
    /// Replace a model that is at <see cref="ModelPath"/>. It stays as it is until the new one is complete. Default: false, an existing path
    /// is refused.
    /// </summary>
    public bool Overwrite { get; set; }

    /// <summary>
    /// The file of the key under which identities are stored as tags. Default: null, the model's path with ".key" appended. Created with
    /// owner-only permissions where it does not exist. Models made with one key file can be compared byte for byte.
    /// </summary>
    public string? TagKeyPath { get; set; }

    /// <summary>
    /// The file of the private key under which changes are signed. Default: null, the model's path with ".signing.pem" appended. Created
    /// with owner-only permissions where it does not exist.
    /// </summary>
    public string? SigningKeyPath { get; set; }

    /// <summary>
    /// Number n of adapters, the small models that are fitted. More of them forget faster. Default: null, <c>Fit</c> chooses n and k by the rule
    /// of <see cref="EnsembleSize"/> from the number of rows that it reads, and logs them. They are declared in the model from then on: set them to keep
    /// them when you train again. Range: 1 to 65,535.
    /// </summary>
    public int? Adapters { get; set; }

    /// <summary>
    /// Number k of adapters that a record is routed to; a forgotten record refits that many. Default: null, by the rule where <see cref="Adapters"/> is
    /// null, too, otherwise 4, or n where that is fewer. Range: 1 to <see cref="Adapters"/>, which must be set.
    /// </summary>
    public int? Active { get; set; }

    /// <summary>
    /// Where the adapters' keys come from: drawn from <see cref="Seed"/>, or the codes of public reference records from the encoder's card.
    /// Default: drawn.
    /// </summary>
    public KeySource Keys { get; set; } = KeySource.Gaussian;

    /// <summary>Seed of Gaussian keys and of adapter trainers that draw. Default: 1. Range: from 0.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>
    /// What fits the adapters, e.g. <c>AdapterOptions.Softmax(0.003)</c>, or a trainer's name, <c>"mlnet:lbfgs"</c>. Default: null, every adapter chooses
    /// for itself, by cross-validation on its own records: of ridge and softmax and their λ (<see cref="AdapterOptions.Auto"/>), or for regression of
    /// ridge's λ (<see cref="AdapterOptions.Ridge()"/>).
    /// </summary>
    public AdapterOptions? Adapter { get; set; }

    /// <summary>
    /// Divisor of the mean score in the softmax that gives probabilities; smaller is more certain. No effect on regression. Default: null,
    /// what suits the scores of the adapters' trainer (1 where adapters choose for themselves, 0.1 for ridge). Range: 10⁻⁶ to 10⁶.
    /// </summary>
    public double? Temperature { get; set; }

    /// <summary>
    /// How the scores of a record's adapters become one; for regression it can only be their mean. Default: null, what suits the
    /// adapters' trainer: <see cref="EnsembleRule.Agreement"/> where adapters choose for themselves, otherwise <see cref="EnsembleRule.Scores"/>.
    /// </summary>
    public EnsembleRule? Ensemble { get; set; }

    /// <summary>
    /// What is predicted where no adapter has seen a record: class probabilities that sum to 1, in the declared classes' order (binary: false,
    /// true; multiclass: the order of the option Classes, which must be set), or for regression the target, [1]. Declared, never counted.
    /// Default: null, uniform, or the middle of the target's range.
    /// </summary>
    public IReadOnlyList<double>? Prior { get; set; }

    /// <summary>
    /// Mean and scale of public reference data, by which a plain feature column becomes int8 codes. Default: null. A plain column needs
    /// either this or <see cref="FeatureRange"/>; a column by an encoder of this package needs and takes neither.
    /// </summary>
    public CalibrationCard? Card { get; set; }

    /// <summary>The declared range of a plain feature column, the same for all slots, by which it becomes int8 codes. Default: null.</summary>
    public FeatureRange? FeatureRange { get; set; }

    /// <summary>Threads for routing and fitting; the model does not depend on it. Default: all processors. Range: 1 to 1024.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Receives the progress of <c>Fit</c>, from several threads. Default: null. The stages are logged by <c>ml.Log</c> in any case.</summary>
    public IProgress<LegoNetProgress>? Progress { get; set; }

    /// <summary>Cancels <c>Fit</c> with an <see cref="OperationCanceledException"/>; no model is left behind. Default: none.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>The trainer's task.</summary>
    internal abstract LearningTask Task { get; }

    /// <summary>The classes, empty for regression; null where the label's key is to tell them.</summary>
    internal abstract IReadOnlyList<string>? DeclaredClasses { get; }

    /// <summary>The declared range of the target; regression only.</summary>
    internal virtual RegressionTarget? DeclaredTarget => null;

    /// <summary>The adapters' trainer as a spec declares it.</summary>
    internal StrictJson ReadAdapter() => StrictJson.Parse(Adapter?.ToString() ?? AdapterTrainers.Default(Task), nameof(Adapter));

    /// <summary>The n and k that are declared; null where the number of rows is to tell them.</summary>
    internal EnsembleSize? Size => Adapters is { } adapters ? new EnsembleSize(adapters, Active ?? Math.Min(adapters, UsuallyActive)) : null;

    /// <summary>A checked copy, which later changes of the options do not reach.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    internal static TOptions Checked<TOptions>(TOptions options)
        where TOptions : LegoNetOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = (TOptions)options.Copy();
        copy.Validate();
        return copy;
    }

    /// <summary>A copy for one adapter on all records, n = k = 1, without routing.</summary>
    /// <param name="options">The options; an Adapter that is set stays.</param>
    /// <param name="adapter">What fits the adapter unless the options say so.</param>
    /// <param name="preset">The name that users know this by.</param>
    /// <exception cref="ArgumentException">The options ask for another trainer, or for several adapters.</exception>
    internal static TOptions WithOneAdapter<TOptions>(TOptions options, AdapterOptions adapter, string preset)
        where TOptions : LegoNetOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules.Require(options.Adapters is null or 1, $"{preset} has one adapter; create the LegoNet trainer for more.", nameof(Adapters));
        OptionRules.Require(
            options.Adapter is null || options.Adapter.Trainer == adapter.Trainer,
            $"{preset} is {adapter.Trainer}; create the LegoNet trainer to name another one.",
            nameof(Adapter));
        var copy = (TOptions)options.Copy();
        (copy.Adapters, copy.Adapter) = (1, copy.Adapter ?? adapter);
        return copy;
    }

    private protected virtual LegoNetOptions Copy()
    {
        var copy = (LegoNetOptions)MemberwiseClone();
        copy.Prior = Prior is null ? null : [.. Prior];
        return copy;
    }

    /// <summary>Checks what can be checked without data.</summary>
    private protected virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(LabelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(FeatureColumnName);
        OptionRules.RequireNullOrNotBlank(SubjectColumnName, nameof(SubjectColumnName));
        OptionRules.RequireNullOrNotBlank(IdColumnName, nameof(IdColumnName));
        OptionRules.RequireNullOrNotBlank(ModelPath, nameof(ModelPath));
        OptionRules.RequireNullOrNotBlank(TagKeyPath, nameof(TagKeyPath));
        OptionRules.RequireNullOrNotBlank(SigningKeyPath, nameof(SigningKeyPath));
        OptionRules.RequireRange(Temperature ?? 1, 1e-6, 1e6, nameof(Temperature));
        OptionRules.RequireRange(Threads, 1, 1024, nameof(Threads));
        ValidateEnsemble();
        ValidateSize();
        ArgumentOutOfRangeException.ThrowIfNegative(Seed);
        OptionRules.Require(!Overwrite || ModelPath is not null, "There is nothing to overwrite without a ModelPath.", nameof(Overwrite));
        ValidateCalibration();
        ValidateKeys();
        ValidatePrior();
        ValidateAdapter();
    }

    private void ValidateCalibration()
    {
        OptionRules.Require(Card is null || FeatureRange is null, "A card and a range are two ways to say the same; give one of them.", nameof(FeatureRange));
        if (FeatureRange is not null && !(FeatureRange.Max > FeatureRange.Min && FeatureRange.Min >= float.MinValue && FeatureRange.Max <= float.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(FeatureRange), "Min must be below Max, and both finite.");
        }
    }

    private void ValidateSize()
    {
        OptionRules.RequireRange(Adapters ?? 1, 1, MaxAdapters, nameof(Adapters));
        OptionRules.Require(Active is null || Adapters is not null, "Is how many of the Adapters a record is routed to: set Adapters too.", nameof(Active));
        OptionRules.RequireRange(Active ?? 1, 1, Adapters ?? 1, nameof(Active));
    }

    private void ValidateKeys()
    {
        if (!Enum.IsDefined(Keys))
        {
            throw new ArgumentOutOfRangeException(nameof(Keys), Keys, "Is no source of keys.");
        }

        if (Keys == KeySource.Public)
        {
            OptionRules.Require(FeatureRange is null, "Is Public, but a declared range has no keys; set Card instead of FeatureRange.", nameof(Keys));
            OptionRules.Require(Adapters is not null, "Must be set where Keys is Public: it is how many keys are taken from the card.", nameof(Adapters));
            var count = Card?.KeyCount ?? Adapters;
            OptionRules.Require(count >= Adapters, $"Is Public, but the card has {count} keys where {Adapters} adapters need one each.", nameof(Keys));
        }
    }

    private void ValidateEnsemble()
    {
        if (Ensemble is { } rule && !Enum.IsDefined(rule))
        {
            throw new ArgumentOutOfRangeException(nameof(Ensemble), rule, "Is no rule of an ensemble.");
        }

        OptionRules.Require(
            Task != LearningTask.Regression || Ensemble is null or EnsembleRule.Scores,
            "Must be Scores for a regression, whose scores are no logits.",
            nameof(Ensemble));
    }

    private void ValidatePrior()
    {
        if (Prior is null)
        {
            return;
        }

        // Without declared classes the model's order is one of its own, which whoever wrote the prior cannot have meant.
        var classes = DeclaredClasses ?? throw new ArgumentException("Is in the order of the declared classes: set Classes too.", nameof(Prior));
        if (ModelSpec.WhyNotPrior(Task, classes, DeclaredTarget, Prior) is { } why)
        {
            throw new ArgumentException($"The prior {why}.", nameof(Prior));
        }
    }

    private void ValidateAdapter()
    {
        try
        {
            MLNetAdapters.Register();
            var trainer = ReadAdapter().String("trainer");
            if (AdapterTrainers.WhyNotKnown(ReadAdapter()) is { } unknown)
            {
                throw LegoNetException.BadInput($"{unknown.Message.TrimEnd('.')}; ML.NET's trainers are {MLNetAdapters.Names}.");
            }

            // These read their options whatever the classes and the code's length, which the data will tell. Others may not.
            if (AdapterTrainers.IsBuiltIn(trainer) || MLNetAdapters.Has(trainer))
            {
                _ = AdapterTrainers.Create(ReadAdapter(), new LabelLayout(Task, DeclaredClasses ?? ["0", "1"], DeclaredTarget), dimension: 1);
            }
        }
        catch (LegoNetException e)
        {
            throw OptionRules.Refused(nameof(Adapter), e);
        }
    }
}
