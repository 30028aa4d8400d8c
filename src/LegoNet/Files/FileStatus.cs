using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LegoNet.Files;

/// <summary>What the system says of a file beyond its name. Known on Linux; elsewhere nothing depends on it.</summary>
/// <param name="Mode">Type and permissions, as in stat.</param>
/// <param name="Links">Names that the file has.</param>
/// <param name="Device">The device that it is on.</param>
/// <param name="Inode">Its number there.</param>
internal readonly partial record struct FileStatus(int Mode, uint Links, ulong Device, ulong Inode)
{
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

    private const int WorkingDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint Basic = 0x7FF;
    private const int Bytes = 256;

    /// <summary>Whether it is neither a file that keeps bytes nor a folder: a pipe, a terminal, a device.</summary>
    public bool IsStream => (Mode & TypeMask) is not (Regular or Folder);

    /// <summary>The status of the file that a path leads to; null where there is none, or where this is not Linux.</summary>
    public static FileStatus? Of(string path)
    {
        Span<byte> status = stackalloc byte[Bytes];
        return OperatingSystem.IsLinux() && Read(WorkingDirectory, path, 0, Basic, status) == 0 ? Parse(status) : null;
    }

    /// <summary>The status of an open file; null where this is not Linux.</summary>
    public static FileStatus? Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[Bytes];
        return OperatingSystem.IsLinux() && Read(file, "", EmptyPath, Basic, status) == 0 ? Parse(status) : null;
    }

    /// <summary>Whether it is the same file, under whatever name.</summary>
    public bool IsSameAs(FileStatus other) => (Device, Inode) == (other.Device, other.Inode);

    // The layout of struct statx, which the kernel fixes for every processor.
    private static FileStatus Parse(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ushort>(status[28..]),
        MemoryMarshal.Read<uint>(status[16..]),
        MemoryMarshal.Read<ulong>(status[136..]),
        MemoryMarshal.Read<ulong>(status[32..]));

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(SafeFileHandle file, string path, int flags, uint mask, Span<byte> status);
}
