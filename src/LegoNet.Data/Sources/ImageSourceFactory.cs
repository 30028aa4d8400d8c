using LegoNet.Data.Images;
using LegoNet.Data.Json;

namespace LegoNet.Data.Sources;

/// <summary>Makes the sources of type "images".</summary>
internal sealed class ImageSourceFactory : ISourceFactory
{
    public IRecordSource Create(StrictJson source, SourceContext context)
    {
        var path = context.ResolvePath(source, "path");
        var rule = source.OptionalString("include") ?? "**";
        try
        {
            return new ImageSource(path, PathRule.Parse(rule));
        }
        catch (FormatException e)
        {
            throw source.Error("include", e.Message);
        }
    }
}
