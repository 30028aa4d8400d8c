using LegoNet.Data.Files;

namespace LegoNet.Data.Csv;

/// <summary>How a delimited text file is laid out.</summary>
/// <param name="Separator">The byte between fields.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Columns">The columns' names where there is no header; null names them by position from 1.</param>
/// <param name="SkipBlank">Whether blank lines are passed over.</param>
/// <param name="Quotes">Whether a double quote at a field's start encloses it (RFC 4180).</param>
internal sealed record CsvOptions(char Separator, bool HasHeader = true, IReadOnlyList<string>? Columns = null, bool SkipBlank = false, bool Quotes = true)
{
    /// <summary>What a file's name tells: .tsv and .tab (also .gz) separate by tabs, everything else by commas.</summary>
    public static CsvOptions ForPath(string path)
        => new(Path.GetExtension(SourceFile.FormatName(path)) is ".tsv" or ".tab" ? '\t' : ',');
}
