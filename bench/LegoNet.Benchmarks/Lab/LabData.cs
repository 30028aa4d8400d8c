using LegoNet.Lab;

namespace LegoNet.Benchmarks.Lab;

/// <summary>Records of a folder of codes, train.safetensors and test.safetensors, as <c>legonet encode</c> writes them.</summary>
internal static class LabData
{
    /// <summary>Reads drawn records of a file, in two parts that share none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="first">Records of the first part; fewer where the file has not so many.</param>
    /// <param name="second">Records of the second part; 0 for none.</param>
    public static (RecordSet First, RecordSet? Second) Read(string folder, string file, int first, int second = 0)
    {
        var codes = new CodesFile(Path.Combine(folder, file));
        var all = codes.First(codes.Records);
        int[] drawn = new LegoNet.Lab.Draws(1, -20).Sample(Enumerable.Range(0, codes.Records).ToArray(), codes.Records);
        // At most a third is held out.
        second = Math.Min(second, codes.Records / 3);
        first = Math.Min(first, codes.Records - second);
        return (Part(drawn[..first]), second == 0 ? null : Part(drawn[first..(first + second)]));

        RecordSet Part(int[] rows)
        {
            Array.Sort(rows);
            var part = new sbyte[rows.Length * codes.Dimension];
            for (var i = 0; i < rows.Length; i++)
            {
                all.AsSpan(rows[i] * codes.Dimension, codes.Dimension).CopyTo(part.AsSpan(i * codes.Dimension));
            }

            string[] classes = [.. Enumerable.Range(0, codes.Classes).Select(c => $"{c}")];
            return new RecordSet(classes, codes.Dimension, part, [.. rows.Select(row => codes.Labels[row])]);
        }
    }
}
