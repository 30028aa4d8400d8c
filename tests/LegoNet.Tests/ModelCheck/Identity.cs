namespace LegoNet.Tests.ModelCheck;

/// <summary>A record, whatever its spelling: numbers of the subject and of the id (<see cref="Names"/>).</summary>
internal readonly record struct Identity(int Subject, int Id);
