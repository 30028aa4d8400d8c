using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace LegoNet.Files;

/// <summary>A file's bytes, mapped or copied.</summary>
internal sealed unsafe class FileView : MemoryManager<byte>
{
    // Linux lets a process map 65,530 areas by default, and ends it when even its own memory finds no room among them.
    private const int MostMapped = 32_768;

    private static int s_mapped;

    private readonly byte[]? _copy;
    private MemoryMappedViewAccessor? _accessor;
    private byte* _pointer;
    private int _length;

    public FileView(byte[] copy)
    {
        _copy = copy;
        _length = copy.Length;
    }

    private FileView(MemoryMappedViewAccessor accessor, int length)
    {
        _accessor = accessor;
        _length = length;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        _pointer += accessor.PointerOffset;
    }

    /// <summary>Maps a file of at most 2 GiB. When very many are mapped, the rest is copied.</summary>
    public static FileView Map(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var length = checked((int)stream.Length);
        if (length == 0)
        {
            return new FileView([]);
        }

        if (Volatile.Read(ref s_mapped) >= MostMapped)
        {
            var copy = new byte[length];
            stream.ReadExactly(copy);
            return new FileView(copy);
        }

        // The view outlives the handles: a large store has more segments than a process may have open files.
        using var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        var view = new FileView(file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        Interlocked.Increment(ref s_mapped);
        return view;
    }

    public override Span<byte> GetSpan() => _copy ?? new Span<byte>(_pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0)
        => _copy is null ? new MemoryHandle(_pointer + elementIndex) : _copy.AsMemory(elementIndex).Pin();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (_accessor is not null)
        {
            _accessor.SafeMemoryMappedViewHandle.ReleasePointer();
            _accessor.Dispose();

            // A late reader gets an empty span and an exception, not memory that is mapped no more.
            _accessor = null;
            Interlocked.Decrement(ref s_mapped);
            _pointer = null;
            _length = 0;
        }
    }
}
