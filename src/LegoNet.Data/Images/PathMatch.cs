namespace LegoNet.Data.Images;

/// <summary>What a <see cref="PathRule"/> read from a path; null where the rule has no such placeholder.</summary>
internal readonly record struct PathMatch(string? Label, string? Subject, string? Id);
