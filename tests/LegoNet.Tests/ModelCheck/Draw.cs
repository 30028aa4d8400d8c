namespace LegoNet.Tests.ModelCheck;

/// <summary>A step, and the number from which it draws its own choices.</summary>
internal readonly record struct Draw(Step Step, int Number)
{
    public override string ToString() => $"{Step}({Number})";
}
