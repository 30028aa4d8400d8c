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
    // A call for each name would cost more than the hash.
    private readonly byte[] _held = new byte[16 << 10];
    private int _holds;
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
        ContentTag.Append(Add, record.Input);
        Records++;
    }

    /// <summary>Adds bytes that records are made of.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        if (bytes.Length > _held.Length - _holds)
        {
            Append();
        }

        if (bytes.Length > _held.Length)
        {
            _mac.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_held.AsSpan(_holds));
        _holds += bytes.Length;
    }

    /// <summary>The hash in hex; the next one begins anew.</summary>
    public string Finish()
    {
        Append();
        var digest = Convert.ToHexStringLower(_mac.GetHashAndReset());
        _mac.Dispose();
        _mac = key.BeginContentTag();
        return digest;
    }

    public void Dispose() => _mac.Dispose();

    private void Append()
    {
        _mac.AppendData(_held, 0, _holds);
        _holds = 0;
    }

    private void Add(string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        Add(length);
        Add(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
