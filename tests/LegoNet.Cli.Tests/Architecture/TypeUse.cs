namespace LegoNet.Cli.Tests.Architecture;

/// <summary>One type of an assembly uses another one of the same assembly. Nested types stand in the namespace of the type around them.</summary>
internal sealed record TypeUse(string FromNamespace, string FromType, string ToNamespace, string ToType);
