using LegoNet.Data.Csv;
using LegoNet.Data.Json;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Sources;

/// <summary>The members by which every description of delimited text says how it is laid out and what its columns are.</summary>
internal static class CsvMembers
{
    /// <summary>How the file is laid out; what the description leaves out follows from the file's name.</summary>
    public static CsvOptions ReadOptions(StrictJson source, string path)
    {
        var separator = source.OptionalString("separator") ?? CsvOptions.ForPath(path).Separator.ToString();
        if (separator is not [var c] || !(c == '\t' || c is >= ' ' and <= '~') || c == '"')
        {
            throw source.Error("separator", "must be one ASCII character other than a quote");
        }

        var header = source.Boolean("header", true);
        var columns = source.OptionalStrings("columns");
        if (columns is not null)
        {
            if (header)
            {
                throw source.Error("columns", "is allowed only with \"header\": false");
            }

            if (columns.Count == 0 || columns.Distinct(StringComparer.Ordinal).Count() != columns.Count)
            {
                throw source.Error("columns", columns.Count == 0 ? "is empty" : "names a column twice");
            }
        }

        return new CsvOptions(c, header, columns, source.Boolean("skipBlank", false), source.Boolean("quotes", true));
    }

    /// <summary>Which columns hold label, subject and id.</summary>
    public static RecordColumns ReadColumns(StrictJson source) => new(
        source.OptionalString("label"),
        source.OptionalString("subject"),
        source.OptionalString("id"),
        source.OptionalString("labelTrim") ?? "");
}
