using LegoNet.Data;
using LegoNet.Data.Csv;
using LegoNet.Data.Files;

namespace LegoNet.Cli.Init;

/// <summary>A first pass over a delimited text file of which nothing is known: how it is laid out, and what its columns hold.</summary>
internal sealed class TableSurvey
{
    private const int HeadBytes = 64 << 10;
    private const int HeadRows = 200;
    private const int MostSaid = 40;
    private const int HeldByAll = 8_000_000;
    private const int MostHeld = 2_000_000;
    private const int FewestHeld = 1_000;

    private TableSurvey(TableLayout layout, long rows, IReadOnlyList<ColumnSurvey> columns) => (Layout, Rows, Columns) = (layout, rows, columns);

    /// <summary>How the file could be read.</summary>
    public TableLayout Layout { get; }

    /// <summary>The rows.</summary>
    public long Rows { get; }

    /// <summary>The columns, in the file's order.</summary>
    public IReadOnlyList<ColumnSurvey> Columns { get; }

    /// <summary>Looks at a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="request">What is asked for: a row that has a column's name in it is the header.</param>
    /// <param name="warnings">Receives what the person should know.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">The file is missing, empty, malformed or has one column only.</exception>
    public static TableSurvey Of(string path, InitRequest request, List<string> warnings, CommandContext context)
    {
        SourceFile.RequireOrdinary(path);
        var head = Head(path);
        var (separator, hasHeader) = Sniff(path, head, [.. ((string?[])[request.Label, request.Subject, request.Id]).OfType<string>()]);
        if (!hasHeader)
        {
            warnings.Add($"the first row of {Path.GetFileName(path)} holds values and no names, so its columns are called 1, 2, 3 and so on.");
        }

        var written = separator == CsvOptions.ForPath(path).Separator ? null : separator.ToString();
        return TableLayout.ReadQuoted(path, null, warnings, quotes => Read(path, new TableLayout(written, hasHeader, null, quotes), context));
    }

    /// <summary>The columns and what they hold, a line each.</summary>
    public IEnumerable<string> Describe()
    {
        var shown = Columns.Take(MostSaid).Select(c => (Name: Words.Shown(c.Name.Length == 0 ? "(no name)" : c.Name), Holds: c.Describe())).ToArray();
        var width = Math.Max(6, shown.Max(c => c.Name.Length));
        yield return $"  {"#",3}  {"column".PadRight(width)}  holds";
        for (var i = 0; i < shown.Length; i++)
        {
            yield return $"  {i + 1,3}  {shown[i].Name.PadRight(width)}  {shown[i].Holds}";
        }

        if (Columns.Count > MostSaid)
        {
            yield return $"       and {Columns.Count - MostSaid:N0} more";
        }
    }

    private static TableSurvey Read(string path, TableLayout layout, CommandContext context)
    {
        ColumnSurvey[] columns = [];
        long rows = 0;
        foreach (var record in layout.Open(path).Read(context.CancellationToken))
        {
            var row = (TableRowInput)record.Input;
            if (rows == 0)
            {
                var held = Math.Clamp(HeldByAll / row.Columns.Count, FewestHeld, MostHeld);
                columns = [.. row.Columns.Select(c => new ColumnSurvey(c, held))];
            }

            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(row.Fields[i], record);
            }

            if (++rows % 1000 == 0)
            {
                context.Progress.Report(new LegoNetProgress("looking at the columns", rows, null));
            }
        }

        return new TableSurvey(layout, rows, columns);
    }

    private static byte[] Head(string path)
    {
        using var stream = SourceFile.Open(path);
        var head = new byte[HeadBytes];
        try
        {
            return head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }

    // The separator by which the most rows of the head have as many fields as its first row, and more than one.
    private static (char Separator, bool HasHeader) Sniff(string path, byte[] head, string[] said)
    {
        // UTF-16 has zero bytes too, and a sentence of its own.
        if (head.Contains((byte)0) && head is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]))
        {
            throw LegoNetException.BadInput(
                $"{path}: is no delimited text (it holds zero bytes); `legonet init --data` reads tables, images, .npy and .safetensors.");
        }

        var usual = CsvOptions.ForPath(path).Separator;
        var (best, rows, score) = (usual, new List<string[]>(), 0.0);
        var readable = false;
        foreach (var separator in ((ReadOnlySpan<char>)[',', ';', '\t', '|']).ToArray().OrderBy(s => s != usual))
        {
            foreach (var quotes in (ReadOnlySpan<bool>)[true, false])
            {
                var read = HeadOf(path, head, new CsvOptions(separator, SkipBlank: true, Quotes: quotes));
                readable |= read.Count > 0;
                var width = read.Count == 0 ? 0 : read[0].Length;
                var own = width < 2 ? 0 : read.Count(r => r.Length == width) / (double)read.Count;
                if (own > score + 0.1 || (own >= score && own > 0 && width > rows[0].Length + 1))
                {
                    (best, rows, score) = (separator, read, own);
                }
            }
        }

        return rows.Count > 0 ? (best, HasHeader(rows, said))
            : !readable ? (usual, true) // Reading it says what is wrong.
            : throw LegoNetException.BadInput(
                $"{path}: has one column only, whether split by comma, semicolon, tab or bar, where a label and something to learn from are needed.");
    }

    // Names stand over a table if one that was said is among them. Otherwise they do unless one of them is a number, or missing where the column
    // has values, as a value may be.
    private static bool HasHeader(List<string[]> rows, string[] said)
    {
        static bool IsNumber(string field) => double.TryParse(field, System.Globalization.CultureInfo.InvariantCulture, out _);

        var names = rows[0];
        if (rows.Count < 2 || !names.Any(IsNumber) || said.Any(n => !IsNumber(n) && names.Contains(n)))
        {
            return true;
        }

        // Columns called by years or pixels are numbers too, but all but the first few, and each another one.
        return names.Count(IsNumber) > 2 && names.Distinct().Count() == names.Length && names.Where(IsNumber).All(n => n.All(char.IsAsciiDigit))
            && names.Where(IsNumber).Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture)) is var numbers
            && numbers.Zip(numbers.Skip(1)).All(p => p.Second == p.First + 1);
    }

    private static List<string[]> HeadOf(string path, byte[] head, CsvOptions options)
    {
        var rows = new List<string[]>();
        try
        {
            using var reader = new CsvReader(new MemoryStream(head), path, options);
            while (rows.Count < HeadRows && reader.Read())
            {
                if (!reader.IsBlank)
                {
                    rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => System.Text.Encoding.UTF8.GetString(reader.Field(i)).Trim())]);
                }
            }
        }
        catch (LegoNetException)
        {
            // The head ends within a field, or the separator is another one; what was read until then is judged.
        }

        // The last row may be cut off by the head's end.
        if (head.Length == HeadBytes && rows.Count > 2 && rows.Count < HeadRows)
        {
            rows.RemoveAt(rows.Count - 1);
        }

        return rows;
    }
}
