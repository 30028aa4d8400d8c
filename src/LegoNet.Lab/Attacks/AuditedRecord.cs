namespace LegoNet.Lab.Attacks;

/// <summary>A record in question.</summary>
/// <param name="Row">Its row among the training records.</param>
/// <param name="PValue">The share of unseen records that stand out as far, itself counted with them. By itself it proves nothing.</param>
public sealed record AuditedRecord(int Row, double PValue);
