using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Comparisons;

/// <summary>What is kept of a model when the model itself has gone.</summary>
internal sealed class JudgedModel
{
    private readonly string _digest;
    private readonly ScoredRecords _forgotten;
    private readonly ScoredRecords _retained;
    private readonly ScoredRecords _unseen;

    private JudgedModel(IScoringModel model, Yardstick yardstick, int threads, int? relearningSteps)
    {
        RelearningSteps = relearningSteps;
        _digest = model.Digest;
        _forgotten = ScoredRecords.Of(model, yardstick.Records, yardstick.Forgotten, threads);
        _retained = ScoredRecords.Of(model, yardstick.Records, yardstick.Retained, threads);
        _unseen = ScoredRecords.Of(model, yardstick.Test, yardstick.Unseen, threads);
        Accuracies = new Accuracies(_retained.Accuracy, _forgotten.Accuracy, _unseen.Accuracy);
        ScoredRecords[] kinds = [_forgotten, _retained, _unseen];
        var points = Yardstick.Kinds(Array.ConvertAll(kinds, kind => kind.Margins.Count));
        Margins = [.. kinds.Zip(points).SelectMany(kind => kind.First.Margins.Take(kind.Second))];
    }

    public Accuracies Accuracies { get; }

    /// <summary>Margins for KLoM, [points].</summary>
    public double[] Margins { get; }

    /// <summary>Steps after which it knows the forgotten records as well as the model before; null where that was not asked, or makes no sense.</summary>
    public int? RelearningSteps { get; }

    /// <summary>Judges a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="yardstick">The records to judge by.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="relearningSteps">What <see cref="Relearning.Steps"/> says of it, where that was asked.</param>
    /// <exception cref="LegoNetException">The model's scores are no numbers.</exception>
    public static JudgedModel Of(IScoringModel model, Yardstick yardstick, int threads, int? relearningSteps = null)
        => new(model, yardstick, threads, relearningSteps);

    public bool IsSameAs(JudgedModel other) => _digest == other._digest;

    public double DisagreementWith(JudgedModel other) => _unseen.DisagreementWith(other._unseen);

    public double ForgottenDisagreementWith(JudgedModel other) => _forgotten.DisagreementWith(other._forgotten);

    public double ActivationDistanceTo(JudgedModel other) => _retained.ActivationDistanceTo(other._retained);
}
