using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
        if (Append(mac.AppendData, input) == 0)
        {
            return false;
        }

        mac.GetHashAndReset(MemoryMarshal.AsBytes(words));
        return true;
    }

    /// <summary>Shows what is to be hashed of an input.</summary>
    /// <returns>Bytes shown; 0 for a kind of input that is not known here, of which nothing is.</returns>
    public static long Append(IRawSource.Show show, RecordInput input) => input switch
    {
        ImageFileInput image => Append(show, 1, image.Bytes.Span),
        PixelInput pixels => Append(show, 2, pixels.Pixels.Span)
            + Append(show, pixels.Height) + Append(show, pixels.Width) + Append(show, pixels.Channels),
        TextInput text => Append(show, 3, text.Text),
        TableRowInput row => Append(show, 4, row.Columns) + Append(show, 4, row.Fields),
        VectorInput vector => Append(show, 5, MemoryMarshal.AsBytes(vector.Values.Span)),
        _ => 0,
    };

    private static long Append(IRawSource.Show show, int kind, IReadOnlyList<string> texts)
    {
        var bytes = Append(show, kind) + Append(show, texts.Count);
        foreach (var text in texts)
        {
            bytes += Append(show, kind, text);
        }

        return bytes;
    }

    // As UTF-16: UTF-8 has one spelling for all unpaired surrogates, and texts that differ in those only would be taken for one.
    private static long Append(IRawSource.Show show, int kind, string text) => Append(show, kind, MemoryMarshal.AsBytes(text.AsSpan()));

    private static long Append(IRawSource.Show show, int kind, ReadOnlySpan<byte> bytes)
    {
        var before = Append(show, kind) + Append(show, bytes.Length);
        show(bytes);
        return before + bytes.Length;
    }

    private static long Append(IRawSource.Show show, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        show(bytes);
        return bytes.Length;
    }
}
