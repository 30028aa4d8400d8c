using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Data.Tables;
using LegoNet.Data.Vectors;

namespace LegoNet.Data.Sources;

/// <summary>Makes the sources of the types "npy" and "safetensors", which differ in where in the file the vectors lie.</summary>
/// <param name="layoutReader">From the description and the file's path, what reads the layout once the source is read.</param>
internal sealed class VectorFileSourceFactory(Func<StrictJson, string, Func<VectorLayout>> layoutReader) : ISourceFactory
{
    public static Func<VectorLayout> SafetensorsLayout(StrictJson source, string path)
    {
        var tensor = source.OptionalString("tensor");
        return () => SafetensorsVectors.Read(path, tensor);
    }

    public IRecordSource Create(StrictJson source, SourceContext context)
    {
        var path = context.ResolvePath(source, "vectors");
        return new VectorFileSource(path, layoutReader(source, path), ReadRecordTable(source, context));
    }

    // Without "records" the members about its columns stay unread, so that they are refused as unknown.
    private static RecordTable? ReadRecordTable(StrictJson source, SourceContext context)
        => context.ResolveOptionalPath(source, "records") is { } records
            ? new RecordTable(records, CsvMembers.ReadOptions(source, records), CsvMembers.ReadColumns(source))
            : null;
}
