using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LegoNet.Files;

/// <summary>
/// An advisory lock on a file, shared or exclusive, across processes and across the instances of one process. The operating system
/// drops it when its holder dies.
/// </summary>
/// <remarks>
/// .NET's own locks are silently absent where the file system has none, or where a user switches them off by an environment
/// variable. Two writers would then destroy a model, so on Unix the system call is made here and its failure is one.
/// </remarks>
internal sealed partial class FileLock : IDisposable
{
    private const string NoteEnding = ".holder";
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Unlock = 8;

    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private FileLock(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <summary>Takes the lock, or returns null while somebody else's lock stands against it. The file is created where it is missing.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="exclusive">Alone; otherwise together with other shared locks, for which reading the file is enough.</param>
    /// <param name="look">What the file shows from outside when it is new.</param>
    /// <exception cref="LegoNetException">The file cannot be opened for another reason than a lock, or the file system has no locks.</exception>
    public static FileLock? TryTake(string path, bool exclusive, FileLook look)
    {
        SafeFileHandle handle;
        try
        {
            handle = Open(path, exclusive, look);
        }
        catch (UnauthorizedAccessException e)
        {
            throw LegoNetException.BadInput(
                $"{path}: the lock cannot be taken, because the file cannot be opened for writing ({LegoNetException.Cause(e)}).",
                e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw LegoNetException.BadInput($"{path}: the lock cannot be taken, because its folder is not there.", e);
        }
        catch (IOException e) when (IsInUse(e))
        {
            return null;
        }
        catch (IOException e)
        {
            throw LegoNetException.BadInput($"{path}: the lock cannot be taken ({LegoNetException.Cause(e)}).", e);
        }

        try
        {
            if (OperatingSystem.IsWindows() || Take(handle, path, exclusive))
            {
                if (FileStatus.Of(handle) is not { Links: 0 })
                {
                    return new FileLock(path, handle);
                }

                handle.Dispose();
                return TryTake(path, exclusive, look); // Its holder removed the file, and the next one has another of its name.
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Notes beside the lock who holds it, for messages. Nothing depends on it: a full disk must not keep the lock from whoever would
    /// free space.
    /// </summary>
    public static void WriteNote(string path, string note, FileLook look)
    {
        try
        {
            PhysicalFileLayer.Instance.WriteAllBytes(path + NoteEnding, Encoding.UTF8.GetBytes(note), flush: false, look);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Notes that this process holds the lock.</summary>
    public static void NoteHolder(string path, TimeProvider clock, FileLook look)
    {
        using var process = Process.GetCurrentProcess();
        WriteNote(
            path, $"process {Environment.ProcessId} ({process.ProcessName}) on {Environment.MachineName} since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z", look);
    }

    /// <summary>What the lock's holder noted last; null where that cannot be read.</summary>
    public static string? ReadNote(string path)
    {
        try
        {
            return File.ReadAllText(path + NoteEnding);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Lets go of the lock and removes its files. On Linux whoever waited for the file sees that it is gone; on Windows nobody can remove
    /// one that is open. Elsewhere the files stay, since two could then hold locks on two files of one name.
    /// </summary>
    public void Remove()
    {
        if (OperatingSystem.IsLinux())
        {
            Delete();
        }

        Dispose();
        if (OperatingSystem.IsWindows())
        {
            Delete();
        }
    }

    /// <summary>Lets go of the lock. Its files stay.</summary>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows() && !_handle.IsClosed)
        {
            // Not left to the closing: a process that is being started at this moment has a copy of the handle until it runs.
            _ = Lock(_handle, Unlock);
        }

        _handle.Dispose();
    }

    private static SafeFileHandle Open(string path, bool exclusive, FileLook look)
    {
        var isNew = !File.Exists(path);
        var share = !OperatingSystem.IsWindows() || !exclusive ? FileShare.ReadWrite : FileShare.None;
        try
        {
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
            if (isNew && !OperatingSystem.IsWindows() && look.ForFiles is { } mode)
            {
                File.SetUnixFileMode(handle, mode);
            }

            return handle;
        }
        catch (UnauthorizedAccessException) when (!exclusive && !isNew)
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, share);
        }
    }

    private void Delete()
    {
        try
        {
            File.Delete(_path + NoteEnding);
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    // A sharing violation on Windows; EWOULDBLOCK (11 on Linux, 35 on macOS) of the lock that .NET itself takes on Unix.
    private static bool IsInUse(IOException e)
        => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;

    private static bool Take(SafeFileHandle handle, string path, bool exclusive)
    {
        const int Interrupted = 4;
        const int WouldBlockOnLinux = 11;
        const int WouldBlockOnMac = 35;
        while (Lock(handle, (exclusive ? Exclusive : Shared) | NonBlocking) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    continue;
                case WouldBlockOnLinux or WouldBlockOnMac:
                    return false;
                case var error:
                    throw LegoNetException.BadInput(
                        $"{path}: the lock cannot be taken ({new Win32Exception(error).Message}); a model needs a file system with locks.");
            }
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
