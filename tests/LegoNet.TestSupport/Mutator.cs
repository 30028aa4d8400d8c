using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LegoNet.TestSupport;

/// <summary>Changes files as somebody would who wants a reader to fail: a function of its seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly long[] s_numbers =
    [
        0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 511, 512, 32767, 32768, 65535, 65536, 1 << 20, int.MaxValue - 1, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32,
        1L << 40, (1L << 53) - 1, long.MaxValue / 8, long.MaxValue - 511, long.MaxValue, long.MinValue,
    ];

    private static readonly string[] s_texts =
    [
        "", " ", "\0", "..", "../../etc/passwd", "/etc/passwd", "C:\\x", "a/b", "null", "NaN", "Infinity", "1e999", "-0", "1e-400", "€",
        "\ud83d\ude00", "ﬀ", "\u202e", "true", "class-1", "gaussian", "public", "ridge",
        new string('0', 64), new string('f', 64), new string('x', 70_000),
    ];

    /// <summary>The source of all choices.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Changes bytes without regard for what they mean, numbers aside.</summary>
    public byte[] Bytes(byte[] original, int most = 6)
    {
        var bytes = new List<byte>(original);
        for (var n = Random.Next(1, most + 1); n > 0; n--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    /// <summary>Changes a JSON text: members go, come twice, or get other values; or its characters are changed.</summary>
    public byte[] Json(byte[] original)
    {
        if (Random.Next(4) == 0)
        {
            return Bytes(original);
        }

        var root = JsonNode.Parse(original, documentOptions: s_lenient)!;
        for (var n = Random.Next(1, 4); n > 0; n--)
        {
            var nodes = new List<JsonNode>();
            Collect(root, nodes);
            switch (nodes[Random.Next(nodes.Count)])
            {
                case JsonObject o when o.Count > 0:
                    var (name, value) = o.ElementAt(Random.Next(o.Count));
                    switch (Random.Next(4))
                    {
                        case 0:
                            o.Remove(name);
                            break;
                        case 1:
                            o[Text()] = value?.DeepClone();
                            break;
                        default:
                            o[name] = Value(value);
                            break;
                    }

                    break;
                case JsonArray a when a.Count > 0:
                    switch (Random.Next(4))
                    {
                        case 0:
                            a.RemoveAt(Random.Next(a.Count));
                            break;
                        case 1:
                            for (var copies = Random.Next(1, 40); copies > 0; copies--)
                            {
                                a.Add(a[Random.Next(a.Count)]?.DeepClone());
                            }

                            break;
                        default:
                            var at = Random.Next(a.Count);
                            a[at] = Value(a[at]);
                            break;
                    }

                    break;
            }
        }

        var text = root.ToJsonString();
        if (Random.Next(10) == 0)
        {
            // A member twice, which a tree of nodes cannot hold.
            var comma = text.IndexOf(',', StringComparison.Ordinal);
            text = comma > 0 && text[0] == '{' ? "{" + text[1..comma] + "," + text[1..] : text;
        }

        if (Random.Next(40) == 0)
        {
            text = string.Concat(Enumerable.Repeat("{\"a\":[", 500)) + text;
        }

        return System.Text.Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Changes a safetensors file: its header with its length put right, or its bytes.</summary>
    public byte[] Safetensors(byte[] original)
    {
        if (original.Length < 10 || Random.Next(3) == 0)
        {
            return Bytes(original);
        }

        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(original);
        var header = Json(original[8..(8 + length)]);
        var result = new byte[8 + header.Length + original.Length - 8 - length];
        BinaryPrimitives.WriteInt64LittleEndian(result, header.Length);
        header.CopyTo(result, 8);
        original.AsSpan(8 + length).CopyTo(result.AsSpan(8 + header.Length));
        return Random.Next(5) == 0 ? Bytes(result, 2) : result;
    }

    /// <summary>Changes a tar archive's headers, mostly with their checksums put right.</summary>
    public byte[] Tar(byte[] original)
    {
        var bytes = (byte[])original.Clone();
        for (var n = Random.Next(1, 4); n > 0; n--)
        {
            var header = bytes.AsSpan(512 * Random.Next(bytes.Length / 512), 512);
            switch (Random.Next(5))
            {
                case 0:
                    header[156] = (byte)"01234567LKxgSVDMNAX\0"[Random.Next(20)];
                    break;
                case 1:
                    var size = Convert.ToString(s_numbers[Random.Next(s_numbers.Length)] & 0x1FFFFFFFF, 8).PadLeft(11, '0');
                    System.Text.Encoding.ASCII.GetBytes(size.AsSpan(size.Length - 11), header[124..]);
                    break;
                case 2:
                    header[124] = 0x80;
                    BinaryPrimitives.WriteInt64BigEndian(header[128..], s_numbers[Random.Next(s_numbers.Length)]);
                    break;
                case 3:
                    var name = System.Text.Encoding.UTF8.GetBytes(Text());
                    name.AsSpan(0, Math.Min(name.Length, 100)).CopyTo(header);
                    break;
                default:
                    header[Random.Next(512)] = (byte)Random.Next(256);
                    break;
            }

            if (Random.Next(5) > 0)
            {
                header.Slice(148, 8).Fill((byte)' ');
                var sum = 0;
                foreach (var b in header)
                {
                    sum += b;
                }

                System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..]);
            }
        }

        return Random.Next(6) == 0 ? Bytes(bytes, 2) : bytes;
    }

    /// <summary>Changes a text: its lines, its separators, or its characters.</summary>
    public byte[] Lines(byte[] original)
    {
        var lines = System.Text.Encoding.UTF8.GetString(original).Split('\n').ToList();
        for (var n = Random.Next(1, 4); n > 0; n--)
        {
            var at = Random.Next(lines.Count);
            switch (Random.Next(6))
            {
                case 0:
                    lines.Insert(at, lines[Random.Next(lines.Count)]);
                    break;
                case 1:
                    lines.RemoveAt(at);
                    lines.Add("");
                    break;
                case 2:
                    var fields = lines[at].Split(',');
                    fields[Random.Next(fields.Length)] = Random.Next(2) == 0 ? Text() : s_numbers[Random.Next(s_numbers.Length)].ToString();
                    lines[at] = string.Join(',', fields);
                    break;
                case 3:
                    lines[at] = lines[at].Insert(Random.Next(lines[at].Length + 1), "\",\r\t;\0"[Random.Next(6)].ToString());
                    break;
                case 4:
                    lines[at] = new string("\",a"[Random.Next(3)], Random.Next(200_000));
                    break;
                default:
                    return Bytes(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
            }
        }

        return System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private string Text() => s_texts[Random.Next(s_texts.Length)];

    private JsonNode? Value(JsonNode? old) => Random.Next(8) switch
    {
        0 => null,
        1 => JsonValue.Create(Text()),
        2 => JsonValue.Create(s_numbers[Random.Next(s_numbers.Length)]),
        3 => JsonValue.Create(Random.NextDouble() * Math.Pow(10, Random.Next(-300, 300))),
        4 => new JsonArray(old?.DeepClone(), old?.DeepClone()),
        5 => new JsonObject { [Text()] = old?.DeepClone() },
        6 => JsonValue.Create(Random.Next(2) == 0),
        _ when old is JsonValue v && v.TryGetValue<long>(out var number) => JsonValue.Create(unchecked(number + Random.Next(-2, 3))),
        _ => JsonValue.Create(-1),
    };

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        nodes.Add(node);
        foreach (var child in node is JsonObject o ? o.Select(m => m.Value) : node is JsonArray a ? a : Enumerable.Empty<JsonNode?>())
        {
            if (child is JsonObject or JsonArray)
            {
                Collect(child, nodes);
            }
        }
    }

    private void Change(List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)Random.Next(256));
            return;
        }

        var at = Random.Next(bytes.Count);
        var count = Math.Min(Random.Next(1, 1 << Random.Next(1, 10)), bytes.Count - at);
        switch (Random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)Random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, count);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                Number(bytes, at, Random.Next(2) == 0);
                break;
            case 6:
                Digits(bytes, at);
                break;
            case 7:
                bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Text()));
                break;
            default:
                var other = Random.Next(bytes.Count);
                (bytes[at], bytes[other]) = (bytes[other], bytes[at]);
                break;
        }
    }

    private void Number(List<byte> bytes, int at, bool bigEndian)
    {
        Span<byte> number = stackalloc byte[8];
        var value = s_numbers[Random.Next(s_numbers.Length)];
        var width = 1 << Random.Next(4);
        if (bigEndian)
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number = number[^width..];
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number = number[..width];
        }

        for (var i = 0; i < number.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = number[i];
        }
    }

    // A number in a text, wherever the next one stands.
    private void Digits(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start >= 0)
        {
            var end = bytes.FindIndex(start, b => b is < (byte)'0' or > (byte)'9');
            bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
            bytes.InsertRange(start, System.Text.Encoding.ASCII.GetBytes(s_numbers[Random.Next(s_numbers.Length)].ToString()));
        }
    }
}
