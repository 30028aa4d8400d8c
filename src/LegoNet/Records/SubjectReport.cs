namespace LegoNet.Records;

/// <summary>What a model holds of one subject.</summary>
/// <param name="Tag">The subject's keyed tag, in hex.</param>
/// <param name="Records">Its records.</param>
public sealed record SubjectReport(string Tag, IReadOnlyList<SubjectRecord> Records);
