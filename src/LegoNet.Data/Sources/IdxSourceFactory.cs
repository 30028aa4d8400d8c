using LegoNet.Data.Images;
using LegoNet.Data.Json;

namespace LegoNet.Data.Sources;

/// <summary>Makes the sources of type "idx".</summary>
internal sealed class IdxSourceFactory : ISourceFactory
{
    public IRecordSource Create(StrictJson source, SourceContext context) => new IdxSource(
        context.ResolvePath(source, "images"),
        context.ResolveOptionalPath(source, "labels"),
        source.OptionalStrings("labelNames"));
}
