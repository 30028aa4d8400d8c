namespace LegoNet.Lab.Comparisons;

/// <summary>One method's run of one task with one seed.</summary>
/// <param name="Seed">Seed of everything that the method draws.</param>
/// <param name="TrainingSeconds">How long training took.</param>
/// <param name="RequestSeconds">The median over timed requests.</param>
/// <param name="TimedRequests">How many were timed.</param>
/// <param name="KeptBytes">Bytes kept beside the model in order to forget, after training.</param>
/// <param name="Before">Accuracies before the first request.</param>
/// <param name="After">Accuracies after the last one.</param>
/// <param name="Disagreement">The share of test records of which the model and its oracle say different classes.</param>
/// <param name="ForgottenDisagreement">The share of forgotten records of which they do.</param>
/// <param name="ActivationDistance">Mean distance of their probabilities on the records that stayed.</param>
/// <param name="IsSameModel">Whether they are the same to the byte.</param>
/// <param name="Klom">Divergence of margins from the oracles'; null where no oracle was trained.</param>
/// <param name="RelearningSteps">
/// Steps of training on the forgotten records until they are as sure as before; null where the method's model is no single network.
/// </param>
/// <param name="OracleRelearningSteps">Steps that the oracle needs for it.</param>
public sealed record SeedResult(
    long Seed,
    double TrainingSeconds,
    double RequestSeconds,
    int TimedRequests,
    long KeptBytes,
    Accuracies Before,
    Accuracies After,
    double Disagreement,
    double ForgottenDisagreement,
    double ActivationDistance,
    bool IsSameModel,
    KlomFigures? Klom,
    int? RelearningSteps,
    int? OracleRelearningSteps);
