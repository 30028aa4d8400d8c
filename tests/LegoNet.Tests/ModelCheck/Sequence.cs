namespace LegoNet.Tests.ModelCheck;

/// <summary>Steps, one after the other.</summary>
internal sealed record Sequence(IReadOnlyList<Draw> Draws)
{
    /// <summary>The same without a half, a quarter… or one of the steps: who looks for a cause begins with the shortest that still fails.</summary>
    public IEnumerable<Sequence> Shorter()
    {
        for (var length = Draws.Count / 2; length > 0; length /= 2)
        {
            for (var from = Draws.Count - length; from >= 0; from -= length)
            {
                yield return new Sequence([.. Draws.Take(from), .. Draws.Skip(from + length)]);
            }
        }
    }

    public override string ToString() => string.Join(' ', Draws);
}
