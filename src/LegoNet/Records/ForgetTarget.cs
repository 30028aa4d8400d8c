namespace LegoNet.Records;

/// <summary>What to forget: everything of a subject, or one of its records.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Id">The record's id within the subject; null for all of the subject's records.</param>
public sealed record ForgetTarget(string Subject, string? Id = null)
{
    /// <summary>Where the request stands (file and line), for error messages.</summary>
    public string? Origin { get; init; }
}
