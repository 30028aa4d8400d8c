using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LegoNet.Common;
using Microsoft.Win32.SafeHandles;

namespace LegoNet.Files;

/// <summary>The machine's own file system.</summary>
internal sealed partial class PhysicalFileLayer : IFileLayer
{
    // Above this many files one flush of the file system is cheaper than a flush of each file.
    private const int FlushTreeThreshold = 512;

    // Waiting for the device, not for the processor.
    private const int FilesFlushedAtATime = 8;

    public static PhysicalFileLayer Instance { get; } = new();

    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IEnumerable<string> EnumerateFiles(string directory) => Entries(directory).Where(entry => !IsDirectory(entry)).Select(entry => entry.FullName);

    public IEnumerable<string> EnumerateDirectories(string directory) => Entries(directory).Where(IsDirectory).Select(entry => entry.FullName);

    public string ResolveLink(string path)
    {
        var directory = new DirectoryInfo(path);
        return directory.LinkTarget is null ? path : directory.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
    }

    public long Length(string path) => new FileInfo(path).Length;

    // Shares everything: on Windows a reader would otherwise keep a commit from replacing or removing the file.
    public byte[] ReadAllBytes(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[RandomAccess.GetLength(handle)];
        var place = 0;
        while (place < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(place), place);
            if (read == 0)
            {
                throw new EndOfStreamException($"{path}: was cut while it was read.");
            }

            place += read;
        }

        return bytes;
    }

    // Windows refuses to delete a mapped file, and a commit must be able to.
    public FileView OpenView(string path) => OperatingSystem.IsWindows() ? new FileView(ReadAllBytes(path)) : FileView.Map(path);

    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = bytes.Length, BufferSize = 0 };
        var mode = look?.ForFiles;
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var stream = new FileStream(path, options);
        var handle = stream.SafeFileHandle;
        if (mode is { } exact && !OperatingSystem.IsWindows() && File.GetUnixFileMode(handle) != exact)
        {
            File.SetUnixFileMode(handle, exact); // What the umask took away, or a draft had that a crash left.
        }

        RandomAccess.Write(handle, bytes, 0);
        if (look is { Undated: true })
        {
            Undate(handle);
        }

        if (flush)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    public bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret) => NewFile.TryCreate(path, bytes, secret);

    public void Rename(string source, string target) => File.Move(source, target, overwrite: true);

    public bool IsOpenToOthers(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0;
    }

    public void CreateDirectory(string path, FileLook? look = null)
    {
        if (look?.ForFolders is not { } mode || OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, mode);
            File.SetUnixFileMode(path, mode); // What the umask took away.
        }
    }

    public void DeleteIfEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody uses it.
        }
    }

    public void RenameDirectory(string source, string target) => Directory.Move(source, target);

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public void Delete(string path) => File.Delete(path);

    public void Overwrite(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            return; // A symbolic link has no bytes of its own, and what it leads to is somebody else's.
        }

        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);

            // Random, since zeros may be stored as a hole or be compressed away, and the old bytes would stay where they are.
            var block = new byte[Math.Min(length, 1 << 20)];
            for (long place = 0; place < length; place += block.Length)
            {
                RandomNumberGenerator.Fill(block);
                RandomAccess.Write(handle, block.AsSpan(0, (int)Math.Min(block.Length, length - place)), place);
            }

            RandomAccess.FlushToDisk(handle);
        }
        catch (FileNotFoundException)
        {
            // Gone already: what a crash interrupted was further on than its marker says.
        }
    }

    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals its own metadata; there is no handle to flush.
        }

        // File.OpenHandle refuses directories, hence the system calls themselves.
        WithDescriptor(path, descriptor => Check(FSync(descriptor), path));
    }

    public void FlushTree(string path, IReadOnlyCollection<string> files)
    {
        if (files.Count > FlushTreeThreshold && OperatingSystem.IsLinux())
        {
            WithDescriptor(path, descriptor => Check(SyncFileSystem(descriptor), path));
            return;
        }

        InParallel.ForEach(files, FilesFlushedAtATime, file =>
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        });

        foreach (var directory in files.Select(f => Path.GetDirectoryName(f)!).Distinct())
        {
            FlushDirectory(directory);
        }
    }

    // A file system that keeps no such times is none the worse for it.
    private static void Undate(SafeFileHandle handle)
    {
        try
        {
            File.SetLastAccessTimeUtc(handle, FileLook.Time);
            File.SetLastWriteTimeUtc(handle, FileLook.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static IEnumerable<FileSystemInfo> Entries(string directory) => new DirectoryInfo(directory).EnumerateFileSystemInfos("*", s_everything);

    private static bool IsDirectory(FileSystemInfo entry) => entry is DirectoryInfo && entry.LinkTarget is null;

    private static void WithDescriptor(string path, Action<int> action)
    {
        const int ReadOnly = 0;
        var descriptor = OpenFile(path, ReadOnly);
        Check(descriptor, path);
        try
        {
            action(descriptor);
        }
        finally
        {
            _ = CloseFile(descriptor);
        }
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            throw new IOException($"{path}: could not be flushed ({new Win32Exception(Marshal.GetLastPInvokeError()).Message}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(int descriptor);
}
