using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace LegoNet.Files;

/// <summary>A kind of file that is written where users ask, and how one that is there is told: by what it holds, not by its name.</summary>
internal sealed class OutputKind
{
    private const int MostJson = 1 << 24;
    private const int MostHead = 4096;

    private readonly Func<Stream, bool> _recognise;

    private OutputKind(string name, Func<Stream, bool> recognise)
    {
        Name = name;
        _recognise = recognise;
    }

    /// <summary>What messages call it, e.g. "a receipt".</summary>
    public string Name { get; }

    /// <summary>A protobuf message that begins with its field 1, a small number.</summary>
    public static OutputKind Onnx { get; } = new("an ONNX file", file => Head(file) is [0x08, < 0x40, ..]);

    public static OutputKind NumPy { get; } = new("a .npy file", file => Head(file) is [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..]);

    public static OutputKind Safetensors { get; } = new("a safetensors file", file =>
        Head(file) is { Length: > 8 } head && head[8] == '{'
            && BinaryPrimitives.ReadInt64LittleEndian(head) is > 0 and var length && length <= file.Length - 8);

    /// <summary>Delimited text that begins with one of these lines.</summary>
    public static OutputKind Table(string name, params string[] headers)
        => new(name, file => headers.Contains(Encoding.UTF8.GetString(Head(file)).Split('\n')[0].TrimEnd('\r')));

    /// <summary>Text that begins so.</summary>
    public static OutputKind Text(string name, string beginning)
        => new(name, file => Encoding.UTF8.GetString(Head(file)).StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>A JSON object that has these members.</summary>
    public static OutputKind Json(string name, params string[] members) => new(name, file => HasMembers(file, members));

    /// <summary>Whether a file is of this kind. One that cannot be read is not.</summary>
    public bool Is(string path) => Test(path, _recognise);

    /// <summary>Whether a file holds a tag key or a private key, which nothing gives back.</summary>
    public static bool IsKey(string path) => Test(path, file => Encoding.UTF8.GetString(Head(file)) is var text
        && (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal) || (text.Trim() is { Length: 64 } digits && digits.All(char.IsAsciiHexDigit))));

    private static bool Test(string path, Func<Stream, bool> test)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return test(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] Head(Stream file)
    {
        var head = new byte[Math.Min(file.Length, MostHead)];
        file.ReadExactly(head);
        return head;
    }

    private static bool HasMembers(Stream file, string[] members)
    {
        if (file.Length > MostJson)
        {
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(file, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.ValueKind == JsonValueKind.Object && members.All(member => json.RootElement.TryGetProperty(member, out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
