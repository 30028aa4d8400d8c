namespace LegoNet.Lab.Attacks;

/// <summary>What an audit finds.</summary>
/// <param name="Forgotten">The attack on the records in question.</param>
/// <param name="Control">The same attack on as many records that were not named; null where none could be spared.</param>
/// <param name="Unseen">Unseen records that they were compared with.</param>
/// <param name="ShadowModels">Shadow models.</param>
/// <param name="ShadowRecords">Records that each learned from.</param>
/// <param name="Retained">Records that those were drawn from: the training records that were not named.</param>
/// <param name="LeftAside">Records in question that were not compared, and why.</param>
/// <param name="UnseenInTraining">Unseen records that were left aside, since the training records hold them too.</param>
public sealed record AuditResult(
    AuditedGroup Forgotten,
    AuditedGroup? Control,
    int Unseen,
    int ShadowModels,
    int ShadowRecords,
    int Retained,
    AuditLeftAside LeftAside,
    int UnseenInTraining);
