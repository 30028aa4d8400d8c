using LegoNet.Data.Json;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Sources;

/// <summary>Makes the sources of the types "text", "tabular" and "vectors", which differ in what a row becomes.</summary>
/// <param name="readShape">Reads from the description what a row becomes.</param>
internal sealed class CsvSourceFactory(Func<StrictJson, IRowShape> readShape) : ISourceFactory
{
    public static TextRowShape TextShape(StrictJson source)
    {
        if (source.OptionalStrings("texts") is not { } texts)
        {
            return new TextRowShape([source.OptionalString("text") ?? "text"]);
        }

        return source.Has("text") ? throw source.Error("texts", "cannot be combined with \"text\"")
            : texts.Count > 0 ? new TextRowShape(texts)
            : throw source.Error("texts", "is empty");
    }

    public static VectorRowShape VectorShape(StrictJson source)
    {
        var features = source.OptionalStrings("features");
        var (from, to) = (source.OptionalString("featuresFrom"), source.OptionalString("featuresTo"));
        if ((from is null) != (to is null))
        {
            throw source.Error(from is null ? "featuresFrom" : "featuresTo", "is missing: a range needs both ends");
        }

        if (features is not null && from is not null)
        {
            throw source.Error("features", "cannot be combined with \"featuresFrom\"");
        }

        if (features is not null && (features.Count == 0 || features.Distinct(StringComparer.Ordinal).Count() != features.Count))
        {
            throw source.Error("features", features.Count == 0 ? "is empty" : "names a column twice");
        }

        return new VectorRowShape(features, from, to);
    }

    public IRecordSource Create(StrictJson source, SourceContext context)
    {
        var shape = readShape(source);
        var path = context.ResolvePath(source, "path");
        return new CsvSource(path, CsvMembers.ReadOptions(source, path), CsvMembers.ReadColumns(source), shape);
    }
}
