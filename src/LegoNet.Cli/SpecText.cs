using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LegoNet.Cli;

/// <summary>A spec's text, in which single members are written anew: comments, order and white space of the others stay as their author left them.</summary>
internal static class SpecText
{
    /// <summary>Replaces a member of the root, or adds it at the end.</summary>
    /// <param name="text">The spec, valid JSON with comments and trailing commas.</param>
    /// <param name="name">The member.</param>
    /// <param name="value">Its value, as JSON.</param>
    public static string With(string text, string name, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        var end = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSought = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            end = (int)reader.BytesConsumed;
            if (isSought)
            {
                return Joined(bytes.AsSpan(0, start), value, bytes.AsSpan(end));
            }
        }

        // Behind the last member, before whatever comma or comment follows it; an object without members is no spec.
        return Joined(bytes.AsSpan(0, end), $",\n  {JsonSerializer.Serialize(name)}: {value}", bytes.AsSpan(end));
    }

    /// <summary>An object on one line, spaced as people write it.</summary>
    public static string Line(JsonObject members)
        => "{ " + string.Join(", ", members.Select(m => $"{JsonSerializer.Serialize(m.Key)}: {m.Value?.ToJsonString() ?? "null"}")) + " }";

    private static string Joined(ReadOnlySpan<byte> before, string middle, ReadOnlySpan<byte> after)
        => Encoding.UTF8.GetString(before) + middle + Encoding.UTF8.GetString(after);
}
