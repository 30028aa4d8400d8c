using LegoNet.Calibration;
using LegoNet.Specs;

namespace LegoNet.MLNet;

/// <summary>What all trainers of models that can forget have in common. Trainers copy their options when they are created.</summary>
public abstract class ExactTrainerOptions
{
    private protected ExactTrainerOptions()
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

    /// <summary>Replace a model that is at <see cref="ModelPath"/>. It stays as it is until the new one is complete. Default: false, an existing path is refused.</summary>
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
    /// Regularisation of ridge adapters: λ in |code·w − y|² + λ|w|², with codes of −127 to 127. Default: 100,000. Range: 1 to 10¹⁵.
    /// </summary>
    public double Lambda { get; set; } = 100_000;

    /// <summary>
    /// Divisor of the mean score in the softmax that gives probabilities; smaller is more certain. No effect on regression. Default: null,
    /// what suits the scores of the adapters' trainer (0.1 for ridge). Range: 10⁻⁶ to 10⁶.
    /// </summary>
    public double? Temperature { get; set; }

    /// <summary>
    /// What is predicted where no adapter has seen a record: class probabilities that sum to 1, in the declared classes' order (binary: false,
    /// true; multiclass: the order of the option Classes, which must be set), or for regression the target, [1]. Declared, never counted. Default: null, uniform, or the middle of the target's range.
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

    internal abstract int AdapterCount { get; }

    internal abstract int ActiveCount { get; }

    internal abstract KeySource KeySource { get; }

    internal abstract long KeySeed { get; }

    internal abstract string? AdapterJson { get; }

    /// <summary>A copy that later changes of this object do not reach.</summary>
    internal ExactTrainerOptions Copy() => (ExactTrainerOptions)MemberwiseClone();

    /// <summary>Checks what can be checked without data.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
    internal virtual void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(LabelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(FeatureColumnName);
        RequireNameOrNull(SubjectColumnName, nameof(SubjectColumnName));
        RequireNameOrNull(IdColumnName, nameof(IdColumnName));
        RequireNameOrNull(ModelPath, nameof(ModelPath));
        RequireNameOrNull(TagKeyPath, nameof(TagKeyPath));
        RequireNameOrNull(SigningKeyPath, nameof(SigningKeyPath));
        RequireRange(Lambda, 1, 1e15, nameof(Lambda));
        RequireRange(Temperature ?? 1, 1e-6, 1e6, nameof(Temperature));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, 1024);
        if (Overwrite && ModelPath is null)
        {
            throw new ArgumentException("There is nothing to overwrite without a ModelPath.", nameof(Overwrite));
        }

        if (Card is not null && FeatureRange is not null)
        {
            throw new ArgumentException("A card and a range are two ways to say the same; give one of them.", nameof(FeatureRange));
        }

        if (FeatureRange is { } range && !(range.Max > range.Min && double.IsFinite(range.Max - range.Min) && Math.Abs(range.Min) <= float.MaxValue && Math.Abs(range.Max) <= float.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(FeatureRange), "Min must be below Max, and both finite.");
        }
    }

    private protected static void RequireRange(double value, double min, double max, string name)
    {
        if (!(value >= min && value <= max))
        {
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"Must be from {min} to {max}."));
        }
    }

    private protected static void RequireClasses(IReadOnlyList<string>? classes, string name)
    {
        if (classes is not null && (classes.Count is < 1 or > 65_535 || classes.Any(string.IsNullOrWhiteSpace) || classes.Distinct(StringComparer.Ordinal).Count() != classes.Count))
        {
            throw new ArgumentException("Must be 1 to 65535 names, distinct and not blank.", name);
        }
    }

    // Without them the model's order is one of its own, which whoever wrote the prior cannot have meant.
    private protected static void RequireClassesForPrior(IReadOnlyList<double>? prior, IReadOnlyList<string>? classes, string name)
    {
        if (prior is not null && classes is null)
        {
            throw new ArgumentException("Is in the order of the declared classes: set Classes too.", name);
        }
    }

    private protected static void RequireTarget(RegressionTarget? target, string name)
    {
        const int MaxSteps = 1 << 20;
        if (target is null)
        {
            throw new ArgumentNullException(name, "The target's range and resolution are declared, e.g. new RegressionTarget(0, 100, 0.1).");
        }

        if (!(Math.Abs(target.Min) <= 1e12 && Math.Abs(target.Max) <= 1e12 && target.Max > target.Min && target.Step is >= 1e-9 and <= 1e12 && (target.Max - target.Min) / target.Step <= MaxSteps))
        {
            throw new ArgumentOutOfRangeException(name, $"Min must be below Max, both within ±10¹², with at most {MaxSteps} steps between them.");
        }
    }

    private static void RequireNameOrNull(string? value, string name)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException("Must be null or not blank.", name);
        }
    }
}
