using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>An encoder that counts what it is asked for, and can be made to wait or to fail.</summary>
internal sealed class CountingEncoder(ICodeEncoder inner, int batch, Action<IReadOnlyList<SourceRecord>>? before = null, Action? disposing = null)
    : ICodeEncoder
{
    private long _records;
    private int _disposals;

    public long Records => Interlocked.Read(ref _records);

    public int Disposals => Volatile.Read(ref _disposals);

    public int Dimension => inner.Dimension;

    public EncoderFingerprint Fingerprint => inner.Fingerprint;

    public int BatchSize => batch;

    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        Assert.InRange(records.Count, 1, batch);
        before?.Invoke(records);
        Interlocked.Add(ref _records, records.Count);
        inner.Encode(records, codes);
    }

    public void Dispose()
    {
        Interlocked.Increment(ref _disposals);
        inner.Dispose();
        disposing?.Invoke();
    }
}
