using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LegoNet.Data.Files;

/// <summary>Opens the files of sources and words what goes wrong with them.</summary>
internal static partial class SourceFile
{
    private const int BufferSize = 128 << 10;

    /// <summary>Opens a file for reading from start to end; gzip is recognised by its first bytes and decompressed.</summary>
    /// <exception cref="LegoNetException">The file is missing, a folder, a pipe, not readable, or named as gzip without being it.</exception>
    public static Stream Open(string path)
    {
        var file = OpenRaw(path);
        try
        {
            Span<byte> start = stackalloc byte[2];
            var isGzip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
            if (!isGzip && IsNamedGzip(path))
            {
                throw LegoNetException.BadInput($"{path}: is named as gzip but does not start as gzip data does.");
            }

            file.Position = 0;
            return isGzip ? new GzipFileStream(file) : file;
        }
        catch (Exception e)
        {
            file.Dispose();
            if (IsReadFailure(e))
            {
                throw Unreadable(path, e);
            }

            throw;
        }
    }

    /// <summary>What a file looks like from outside: its length and when it was written. A file that is none, or a folder, looks like nothing.</summary>
    public static (long Bytes, DateTime Written) Look(string path)
        => File.Exists(path) && new FileInfo(path) is { Exists: true } file ? (file.Length, file.LastWriteTimeUtc) : default;

    /// <summary>Opens a file as it is.</summary>
    /// <exception cref="LegoNetException">The file is missing, a folder, a pipe or not readable.</exception>
    public static FileStream OpenRaw(string path)
    {
        RequireOrdinary(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw LegoNetException.BadInput($"{path}: no such file.", e);
        }
        catch (Exception e) when (IsReadFailure(e) || e is ArgumentException)
        {
            throw Directory.Exists(path)
                ? LegoNetException.BadInput($"{path}: is a folder where a file is expected.", e)
                : Unreadable(path, e);
        }
    }

    /// <summary>
    /// Refuses a pipe, a socket or a device, before anything waits for it. Sources are read more than once, and these give their bytes
    /// once, if at all.
    /// </summary>
    /// <exception cref="LegoNetException">The file is no ordinary one.</exception>
    public static void RequireOrdinary(string path)
    {
        try
        {
            // What stands under its own name with bytes in it is ordinary, and most files are. A link may lead anywhere: so does /dev/stdin.
            if (OperatingSystem.IsWindows() || new FileInfo(path) is not { Exists: true } info || (info.Length > 0 && info.LinkTarget is null))
            {
                return;
            }

            // To open a pipe in the ordinary way would wait until somebody writes to it.
            var nonBlocking = OperatingSystem.IsLinux() ? 0x800 : 0x4;
            using var handle = new SafeFileHandle(OpenFile(path, nonBlocking), ownsHandle: true);
            using var stream = handle.IsInvalid ? Stream.Null : new FileStream(handle, FileAccess.Read, bufferSize: 0);
            if (stream.CanSeek && (stream.Length > 0 || stream.ReadByte() < 0))
            {
                return;
            }
        }
        catch (Exception e) when (IsReadFailure(e) || e is ArgumentException)
        {
            return; // To open it in the ordinary way says what is the matter.
        }

        throw LegoNetException.BadInput($"{path}: is a pipe or a device, which can be read once at most; write it to a file first and name that.");
    }

    /// <summary>True for the failures that reading a damaged or unreachable file brings.</summary>
    public static bool IsReadFailure(Exception e) => e is IOException or UnauthorizedAccessException or InvalidDataException;

    /// <summary>The sentence for a read failure.</summary>
    /// <param name="place">The file, and where in it if known.</param>
    /// <param name="e">What happened.</param>
    public static LegoNetException Unreadable(string place, Exception e)
        => LegoNetException.BadInput($"{place}: cannot be read ({(e is EndOfStreamException ? "it ends too early" : e.Message.TrimEnd('.'))}).", e);

    /// <summary>The file's name with a final .gz left out, in lower case, for telling formats apart by their names.</summary>
    public static string FormatName(string path)
    {
        var name = Path.GetFileName(path).ToLowerInvariant();
        return name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
    }

    private static bool IsNamedGzip(string path)
        => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
