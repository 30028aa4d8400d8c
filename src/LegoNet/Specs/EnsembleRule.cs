namespace LegoNet.Specs;

/// <summary>How the scores of a record's k adapters become one.</summary>
public enum EnsembleRule
{
    /// <summary>The mean of scores. Where scores are logits it is the mean log-probability.</summary>
    Scores,

    /// <summary>
    /// The mean of scores, times how far adapters agree: the mean square of their scores over the square of their mean, at most 2. For scores
    /// that are logits of adapters that are calibrated each by itself. An adapter that is unsure shrinks its logits; the mean of several is
    /// surer than each, and the factor takes the shrinkage back.
    /// </summary>
    Agreement,

    /// <summary>The mean of probabilities.</summary>
    Probabilities,
}
