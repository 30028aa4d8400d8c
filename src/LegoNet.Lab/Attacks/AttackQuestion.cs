namespace LegoNet.Lab.Attacks;

/// <summary>What an attacker wants to tell from a model's answers.</summary>
public enum AttackQuestion
{
    /// <summary>Was this record forgotten, or never seen? A coin toss where forgetting is exact.</summary>
    Forgotten,

    /// <summary>Is this record in the model still, or was it never seen? The positive control, and the risk of the records that remain.</summary>
    Retained,

    /// <summary>With the models before and after a request at hand: was this record in it, or never seen? No way of forgetting prevents that.</summary>
    Difference,
}
