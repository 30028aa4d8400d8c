using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>A keyed hash over records as a source gives them: names, labels and inputs.</summary>
/// <param name="key">The model's tag key.</param>
internal sealed class InputDigest(TagKey key) : IDisposable
{
    private IncrementalHash _mac = key.BeginContentTag();

    /// <summary>Records so far.</summary>
    public long Records { get; private set; }

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    public void Add(SourceRecord record)
    {
        Add(record.Subject);
        Add(record.Id);
        Add(record.Label ?? "");
        Bytes += ContentTag.Append(_mac, record.Input);
        Records++;
    }

    /// <summary>Adds bytes that records are made of.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _mac.AppendData(bytes);
        Bytes += bytes.Length;
    }

    /// <summary>The hash in hex; the next one begins anew.</summary>
    public string Finish()
    {
        var digest = Convert.ToHexStringLower(_mac.GetHashAndReset());
        _mac.Dispose();
        _mac = key.BeginContentTag();
        return digest;
    }

    public void Dispose() => _mac.Dispose();

    private void Add(string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        _mac.AppendData(length);
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        _mac.AppendData(bytes);
        Bytes += bytes.Length;
    }
}
