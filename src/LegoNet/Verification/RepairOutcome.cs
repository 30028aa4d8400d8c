namespace LegoNet.Verification;

/// <summary>What became of a repair.</summary>
public enum RepairOutcome
{
    /// <summary>Nothing was wrong, and nothing was changed.</summary>
    Whole,

    /// <summary>The model is whole again, and nothing of it is lost.</summary>
    Repaired,

    /// <summary>The model is whole again without what was lost.</summary>
    RepairedWithLoss,

    /// <summary>Something is lost, and the loss was not accepted. Nothing was changed.</summary>
    LossNotAccepted,

    /// <summary>Something is missing that records do not give. Nothing was changed.</summary>
    NotPossible,
}
