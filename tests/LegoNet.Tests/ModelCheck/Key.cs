namespace LegoNet.Tests.ModelCheck;

/// <summary>A signing key as the reference remembers it: the entries it is valid for, and whether somebody stole it.</summary>
internal sealed record Key(string Name, int First, int Last, bool IsStolen);
