using System.Text;
using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Json;

namespace LegoNet.Runs;

/// <summary>A file that a task made.</summary>
/// <param name="Name">Its name relative to the run directory, '/'-separated.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Digest">SHA-256 of its content, in hex.</param>
internal sealed record TaskFile(string Name, long Bytes, string Digest)
{
    /// <summary>The folder of what is made of the model, as it begins a name.</summary>
    public const string ModelFolder = "model/";

    /// <summary>Its name in the model; null where it is only handed on.</summary>
    public string? NameInModel => Name.StartsWith(ModelFolder, StringComparison.Ordinal) ? Name[ModelFolder.Length..] : null;
}

/// <summary>
/// What says that a task is done: the files that it made, and what others need to know of them. Whoever publishes the first one pins these
/// files for everybody. It ends with a digest of itself: nobody else knows what it said.
/// </summary>
internal sealed class TaskResult
{
    private static readonly JsonRules s_rules = JsonRules.For(LegoNetError.Damaged, "the record of a task");

    private TaskResult(IReadOnlyList<TaskFile> files, StrictJson content)
    {
        Files = files;
        Content = content;
    }

    public IReadOnlyList<TaskFile> Files { get; }

    /// <summary>What the task has to say besides.</summary>
    public StrictJson Content { get; }

    public static byte[] Write(string plan, IReadOnlyList<TaskFile> files, Action<Utf8JsonWriter> content)
    {
        var body = Body(plan, files, content);
        return [.. body.AsSpan(0, body.Length - 1), .. Seal(body)];
    }

    // What stands in the place of the body's closing brace.
    private static byte[] Seal(ReadOnlySpan<byte> body) => Encoding.ASCII.GetBytes($",\"sha256\":\"{Digests.Of(body)}\"}}");

    private static byte[] Body(string plan, IReadOnlyList<TaskFile> files, Action<Utf8JsonWriter> content) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("plan", plan);
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("digest", file.Digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("content");
        content(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Reads a record.</summary>
    /// <exception cref="LegoNetException">It is none, or one of another plan.</exception>
    public static TaskResult Parse(ReadOnlySpan<byte> bytes, string file, string plan)
    {
        var length = bytes.Length - Seal([]).Length;
        byte[] body = length > 0 ? [.. bytes[..length], (byte)'}'] : [];
        if (length <= 0 || !bytes[length..].SequenceEqual(Seal(body)))
        {
            throw LegoNetException.Damaged($"{file}: is not as it was written.");
        }

        var root = StrictJson.Parse(body, file, s_rules);
        if (root.Digest("plan") != plan)
        {
            throw root.Error("plan", "is another than the run's");
        }

        TaskFile[] files = [.. root.Objects("files").Select(f =>
        {
            var read = new TaskFile(f.String("name"), f.Integer("bytes", 0, long.MaxValue), f.Digest("digest"));
            f.Finish();
            return read;
        })];
        var result = new TaskResult(files, root.Object("content"));
        root.Finish();
        return result;
    }
}
