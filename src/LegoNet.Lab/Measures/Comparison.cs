using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Measures;

/// <summary>A model that forgot, beside the same method's model that never saw the records, or beside an oracle.</summary>
/// <param name="RetainedAccuracy">On the records that stayed.</param>
/// <param name="ForgottenAccuracy">On those that were forgotten.</param>
/// <param name="TestAccuracy">On records that no model saw.</param>
/// <param name="Disagreement">The share of test records of which the two say different classes.</param>
/// <param name="ForgottenDisagreement">The share of forgotten records of which the two say different classes.</param>
/// <param name="ActivationDistance">Mean distance of their probabilities on the records that stayed.</param>
/// <param name="IsSameModel">Whether they are the same to the byte.</param>
public sealed record Comparison(
    double RetainedAccuracy,
    double ForgottenAccuracy,
    double TestAccuracy,
    double Disagreement,
    double ForgottenDisagreement,
    double ActivationDistance,
    bool IsSameModel)
{
    /// <summary>Compares.</summary>
    /// <param name="model">The model that forgot.</param>
    /// <param name="oracle">The model that never saw what is forgotten.</param>
    /// <param name="records">The records that methods were trained on.</param>
    /// <param name="forgotten">Rows of those that were forgotten; at least one.</param>
    /// <param name="retained">Rows of those that stayed; at least one.</param>
    /// <param name="test">Records that no model saw.</param>
    public static Comparison Of(
        IScoringModel model, IScoringModel oracle, RecordSet records, IReadOnlyList<int> forgotten, IReadOnlyList<int> retained, RecordSet test)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(oracle);
        var stayed = ScoredRecords.Of(model, records, retained);
        var went = ScoredRecords.Of(model, records, forgotten);
        var unseen = ScoredRecords.Of(model, test);
        return new Comparison(
            stayed.Accuracy,
            went.Accuracy,
            unseen.Accuracy,
            unseen.DisagreementWith(ScoredRecords.Of(oracle, test)),
            went.DisagreementWith(ScoredRecords.Of(oracle, records, forgotten)),
            stayed.ActivationDistanceTo(ScoredRecords.Of(oracle, records, retained)),
            model.Digest == oracle.Digest);
    }
}
