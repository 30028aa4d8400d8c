using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace LegoNet.Files;

/// <summary>Files that appear whole or not at all, and never replace one that is there: keys.</summary>
internal static partial class NewFile
{
    private const string DraftEnding = ".new";

    /// <summary>
    /// Creates a file durably. It gets its name only when its bytes are on the device, so a crash leaves no half-written key that a
    /// later run would take for one.
    /// </summary>
    /// <param name="path">The file; its folder is created where it is missing.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="secret">Whether only the owner may read it.</param>
    /// <returns>False when a file of this name was there, or came first; it is left as it is.</returns>
    /// <exception cref="LegoNetException">The file would lie inside a model, which a key must not.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret)
    {
        if (File.Exists(path))
        {
            return false;
        }

        ModelGround.StayOutside(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);

        // A name of its own: two processes that create the same key must not write into one file.
        var draft = $"{path}.{Guid.NewGuid():N}{DraftEnding}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var stream = secret && OperatingSystem.IsWindows() ? CreateForOwner(draft) : new FileStream(draft, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            GiveName(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        PhysicalFileLayer.Instance.FlushDirectory(folder);
        return true;
    }

    /// <summary>
    /// Removes what processes left that were killed as they created a file: a draft may hold a key. Of one that lives the draft may go too, since it
    /// comes too late with it.
    /// </summary>
    /// <param name="path">The file, which is there by now.</param>
    public static void RemoveDrafts(string path)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        foreach (var draft in Directory.EnumerateFiles(folder).Where(file => IsDraftOf(name, Path.GetFileName(file))))
        {
            try
            {
                File.Delete(draft);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is another user's, or open on Windows.
            }
        }
    }

    private static bool IsDraftOf(string name, string file)
        => file.Length > name.Length + DraftEnding.Length
            && file.StartsWith(name + ".", StringComparison.Ordinal)
            && file.EndsWith(DraftEnding, StringComparison.Ordinal)
            && Guid.TryParseExact(file[(name.Length + 1)..^DraftEnding.Length], "N", out _);

    // With a list of its own in place of the folder's, in which only the owner stands.
    [SupportedOSPlatform("windows")]
    private static FileStream CreateForOwner(string path)
    {
        using var owner = WindowsIdentity.GetCurrent();
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(owner.User!, FileSystemRights.FullControl, AccessControlType.Allow));
        return new FileInfo(path).Create(FileMode.CreateNew, FileSystemRights.Write, FileShare.None, 4096, FileOptions.None, security);
    }

    // Without overwriting: of two that come at once, the second gets an error and takes the first one's key. On Unix File.Move looks
    // whether the name is free and then renames, so that the second would replace a key that the first is using already.
    private static void GiveName(string draft, string path)
    {
        if (!OperatingSystem.IsWindows() && Link(draft, path) == 0)
        {
            File.Delete(draft);
            return;
        }

        File.Move(draft, path, overwrite: false); // The name is taken, or the file system has no hard links.
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
