namespace LegoNet.Lab.Attacks;

/// <summary>Records in question that an audit could not compare.</summary>
/// <param name="Copies">Their content is that of a record that was not named, so it may be in the model rightly.</param>
/// <param name="WithoutUnseen">No unseen record is of their class.</param>
/// <param name="BeyondSample">More than an audit compares; those that it does were drawn by chance.</param>
public sealed record AuditLeftAside(int Copies, int WithoutUnseen, int BeyondSample);
