namespace LegoNet.Files;

/// <summary>What a new file or folder of a model shows from outside: to whom it is open, and whether it tells when it was written.</summary>
/// <param name="Folder">
/// The model's folder. What is made for a model is open to whom that is open, whatever the umask says: an operator who opened it, or
/// closed it, need not do so again after each change.
/// </param>
/// <param name="Shared">Where that folder is not there yet: whether the umask decides. Otherwise only the owner has access.</param>
/// <param name="Undated">Whether the time of writing is one for all files, so that it tells nobody which of them a forget touched.</param>
internal readonly record struct FileLook(string Folder, bool Shared = false, bool Undated = false)
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersToo = Others | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The time that undated files have.</summary>
    public static DateTime Time { get; } = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A file's permissions; null for what the umask gives, and on Windows, where they come from the folder.</summary>
    public UnixFileMode? ForFiles => Of(OwnersFile, Others);

    /// <summary>A folder's permissions; null as above.</summary>
    public UnixFileMode? ForFolders => Of(OwnersFolder, OthersToo);

    private UnixFileMode? Of(UnixFileMode owners, UnixFileMode others) => OperatingSystem.IsWindows() ? null
        : Directory.Exists(Folder) ? owners | (File.GetUnixFileMode(Folder) & others)
        : Shared ? null
        : owners;
}
