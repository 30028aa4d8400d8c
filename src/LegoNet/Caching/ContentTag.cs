using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LegoNet.Data;
using LegoNet.Records;

namespace LegoNet.Caching;

/// <summary>
/// A keyed hash of an input: its kind and all that an encoder can read of it. Every length stands before what it measures, so two
/// inputs that differ anywhere never give the hash one and the same message.
/// </summary>
internal static class ContentTag
{
    /// <summary>32-bit words of a tag.</summary>
    public const int Words = RecordKey.TagBytes / sizeof(int);

    /// <summary>Writes the tag of an input, or returns false for a kind of input that is not known here.</summary>
    /// <param name="tagKey">The key.</param>
    /// <param name="input">The input.</param>
    /// <param name="words">Receives the tag, [<see cref="Words"/>].</param>
    public static bool TryWrite(TagKey tagKey, RecordInput input, Span<int> words)
    {
        using var mac = tagKey.BeginContentTag();
        if (Append(mac, input) == 0)
        {
            return false;
        }

        mac.GetHashAndReset(MemoryMarshal.AsBytes(words));
        return true;
    }

    /// <summary>Appends an input to a hash.</summary>
    /// <returns>Bytes appended; 0 for a kind of input that is not known here, of which nothing is.</returns>
    public static long Append(IncrementalHash mac, RecordInput input) => input switch
    {
        ImageFileInput image => Append(mac, 1, image.Bytes.Span),
        PixelInput pixels => Append(mac, 2, pixels.Pixels.Span)
            + Append(mac, pixels.Height) + Append(mac, pixels.Width) + Append(mac, pixels.Channels),
        TextInput text => Append(mac, 3, text.Text),
        TableRowInput row => Append(mac, 4, row.Columns) + Append(mac, 4, row.Fields),
        VectorInput vector => Append(mac, 5, MemoryMarshal.AsBytes(vector.Values.Span)),
        _ => 0,
    };

    private static long Append(IncrementalHash mac, int kind, IReadOnlyList<string> texts)
    {
        var bytes = Append(mac, kind) + Append(mac, texts.Count);
        foreach (var text in texts)
        {
            bytes += Append(mac, kind, text);
        }

        return bytes;
    }

    // As UTF-16: UTF-8 has one spelling for all unpaired surrogates, and texts that differ in those only would be taken for one.
    private static long Append(IncrementalHash mac, int kind, string text) => Append(mac, kind, MemoryMarshal.AsBytes(text.AsSpan()));

    private static long Append(IncrementalHash mac, int kind, ReadOnlySpan<byte> bytes)
    {
        var before = Append(mac, kind) + Append(mac, bytes.Length);
        mac.AppendData(bytes);
        return before + bytes.Length;
    }

    private static long Append(IncrementalHash mac, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        mac.AppendData(bytes);
        return bytes.Length;
    }
}
