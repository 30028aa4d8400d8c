namespace LegoNet.Lab.Tests;

/// <summary>Records drawn around one centre a class, overlapping. docs/reference/lab_network.py draws the same.</summary>
internal static class GeneratedRecords
{
    public static RecordSet Draw(int count, int dimension, int classes, long seed = 1, int records = 0)
    {
        var table = new Draws(seed, 0);
        int[] centres = [.. Enumerable.Range(0, classes * dimension).Select(_ => table.Below(81) - 40)];
        var draws = new Draws(seed, 1, records);
        var codes = new sbyte[count * dimension];
        var labels = new int[count];
        for (var r = 0; r < count; r++)
        {
            labels[r] = draws.Below(classes);
            for (var j = 0; j < dimension; j++)
            {
                codes[(r * dimension) + j] = (sbyte)(centres[(labels[r] * dimension) + j] + draws.Below(161) - 80);
            }
        }

        string[] subjects = [.. Enumerable.Range(0, count).Select(r => $"subject-{Math.Min(r % 40, r % 7)}")];
        return new RecordSet([.. Enumerable.Range(0, classes).Select(c => $"class-{c}")], dimension, codes, labels, subjects);
    }
}
