using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Store;

/// <summary>A cache of encodings that is registered with a model.</summary>
/// <param name="Id">The cache's own name, drawn when it was made: another cache at the same place has another.</param>
/// <param name="Path">Its directory's full path when it was registered.</param>
internal sealed record CacheName(string Id, string Path)
{
    /// <summary>Reads the member that <see cref="WriteAll"/> writes; it is left out where there are none.</summary>
    public static IReadOnlyList<CacheName> ReadAll(StrictJson json, string member) => [.. (json.OptionalObjects(member) ?? []).Select(item =>
    {
        var read = new CacheName(item.String("id"), item.String("path"));
        item.Finish();
        return read;
    })];

    public static void WriteAll(Utf8JsonWriter json, string member, IReadOnlyList<CacheName> caches)
    {
        if (caches.Count == 0)
        {
            return;
        }

        json.WriteStartArray(member);
        foreach (var cache in caches)
        {
            json.WriteStartObject();
            json.WriteString("id", cache.Id);
            json.WriteString("path", cache.Path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
