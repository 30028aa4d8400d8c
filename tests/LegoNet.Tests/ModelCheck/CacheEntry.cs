namespace LegoNet.Tests.ModelCheck;

/// <summary>A cache as a model knows it: which one, and where it is said to be.</summary>
internal readonly record struct CacheEntry(int Number, string Place);
