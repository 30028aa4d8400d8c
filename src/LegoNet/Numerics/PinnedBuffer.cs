using System.Buffers;
using System.Runtime.InteropServices;

namespace LegoNet.Numerics;

/// <summary>
/// Pooled memory at a fixed address that is a multiple of 64 bytes, zero at first. It is cleared when it goes back, since a pool outlives
/// what is forgotten. (A pool, because pages fresh from the system cost more than the work of a short shard.)
/// </summary>
/// <typeparam name="T">The elements.</typeparam>
internal sealed unsafe class PinnedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _memory;
    private readonly int _used;
    private readonly GCHandle _pin;
    private bool _disposed;

    /// <summary>Rents memory.</summary>
    /// <param name="length">Elements.</param>
    /// <exception cref="LegoNetException">They would not fit one array.</exception>
    public PinnedBuffer(long length)
    {
        var used = length + (Alignment / sizeof(T));
        if (used > Array.MaxLength)
        {
            throw LegoNetException.BadInput($"A shard's working memory of {used * sizeof(T):N0} bytes is more than can be held; use more adapters.");
        }

        _used = (int)used;
        _memory = ArrayPool<T>.Shared.Rent(_used);
        _memory.AsSpan(0, _used).Clear();
        _pin = GCHandle.Alloc(_memory, GCHandleType.Pinned);
        Pointer = (T*)(((nuint)_pin.AddrOfPinnedObject() + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>The first element.</summary>
    public T* Pointer { get; }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _pin.Free();
            _memory.AsSpan(0, _used).Clear();
            ArrayPool<T>.Shared.Return(_memory);
        }
    }
}
