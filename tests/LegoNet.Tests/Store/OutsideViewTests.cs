using System.Runtime.Versioning;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Tests.Support;
using Microsoft.Extensions.Logging;

namespace LegoNet.Tests.Store;

/// <summary>What a model's files show to whoever sees them from outside: times, permissions, places, and what is left where nothing was made.</summary>
public sealed class OutsideViewTests : IDisposable
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = Owners | UnixFileMode.UserExecute;

    private static readonly ModelDefinition s_definition = Models.Definition();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Change_LeavesNoTimeThatTellsWhichAdaptersItTouched()
    {
        using (var model = Train())
        {
            Assert.All(Dated(), file => Assert.True(IsDatedByDesign(file), file));
            model.Forget("subject-2");
        }

        Assert.All(Dated(), file => Assert.True(IsDatedByDesign(file), file));
        Assert.Contains(Dated(), file => file.EndsWith("manifest.json", StringComparison.Ordinal));
        var adapter = Directory.GetFiles(_folder["model/adapters"]).First();
        File.WriteAllBytes(adapter, [1]);
        Assert.NotEqual(FileLook.Time, File.GetLastWriteTimeUtc(adapter));
        LegoNetModel.Repair(_folder["model"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(Dated(), file => Assert.True(IsDatedByDesign(file), file));

        string[] Dated() => [.. Entries("model").Where(e => File.Exists(e) && File.GetLastWriteTimeUtc(e) != FileLook.Time)];
        bool IsDatedByDesign(string file) => Path.GetFileName(file) == "manifest.json" || Path.GetFileName(Path.GetDirectoryName(file)) == "ledger";
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Train_ByDefault_IsTheOwnersOnly_AndAnOpenedModelStaysOpen()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there access comes from the folder");
        using var model = Train();
        model.Forget("subject-2");
        Assert.All(Entries("model"), e => Assert.Equal(Directory.Exists(e) ? OwnersFolder : Owners, File.GetUnixFileMode(e)));
        var beside = Directory.GetFiles(_folder.Path, "model.*").Where(f => !f.EndsWith(".pub.pem", StringComparison.Ordinal));
        Assert.All(beside, f => Assert.Equal(Owners, File.GetUnixFileMode(f)));

        // An operator opens it to a group.
        const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        foreach (var entry in Entries("model"))
        {
            File.SetUnixFileMode(entry, File.GetUnixFileMode(entry) | Group | (Directory.Exists(entry) ? UnixFileMode.GroupExecute : 0));
        }

        model.Forget("subject-3");
        Assert.All(Entries("model").Where(File.Exists), file => Assert.Equal(Owners | Group, File.GetUnixFileMode(file)));
        Assert.Equal(Owners, File.GetUnixFileMode(_folder["model.key"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Train_Shared_IsAsTheUmaskSays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there access comes from the folder");
        var (plainFolder, plainFile) = (Directory.CreateDirectory(_folder["plain"]), _folder.Write("plain.txt", "x"));
        using var model = Train(new ModelOptions { Shared = true });
        model.Forget("subject-2");
        var (folder, file) = (plainFolder.UnixFileMode, File.GetUnixFileMode(plainFile));
        Assert.All(Entries("model"), e => Assert.Equal(Directory.Exists(e) ? folder : file, File.GetUnixFileMode(e)));
        Assert.Equal(file, File.GetUnixFileMode(_folder["model.lock"]));
        Assert.Equal(Owners, File.GetUnixFileMode(_folder["model.key"]));
        Assert.Equal(Owners, File.GetUnixFileMode(_folder["model.signing.pem"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Change_WithKeysThatOthersCanRead_IsLoggedAsAWarning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there access comes from a list");
        var logger = new ListLogger<LegoNetModel>();
        Train(new ModelOptions { Logger = logger }).Dispose();
        Assert.Equal(0, logger.Count(LogLevel.Warning));

        File.SetUnixFileMode(_folder["model.key"], Owners | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_folder["model.signing.pem"], Owners | UnixFileMode.GroupRead);
        using var model = LegoNetModel.Open(_folder["model"], new ModelOptions { Logger = logger });
        model.Forget("subject-2");
        string[] messages = [.. logger.Entries.Where(e => e.Level == LogLevel.Warning).Select(e => e.Message)];
        Assert.All(messages, message => Assert.Contains("chmod 600", message, StringComparison.Ordinal));
        Assert.Equal([_folder["model.key"], _folder["model.signing.pem"]], messages.Select(m => m.Split(':')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    [SupportedOSPlatform("windows")]
    public void KeyFile_OnWindows_IsTheOwnersOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "lists of access are those of Windows");
        Train().Dispose();
        var security = new FileInfo(_folder["model.key"]).GetAccessControl();
        Assert.True(security.AreAccessRulesProtected);
        Assert.Single(security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(System.Security.Principal.SecurityIdentifier)));
    }

    [Fact]
    public void Train_ThatFails_LeavesNothingBeside()
    {
        EncodedRecord[] contradictory = [.. Records(), Models.Record(s_definition.Spec, 0, 0, version: 1)];
        Assert.Throws<LegoNetException>(() => Train(new ModelOptions(), "new/folders/model", []));
        Assert.Throws<LegoNetException>(() => Train(new ModelOptions(), "new/folders/model", contradictory));
        Assert.Throws<LegoNetException>(() => Train(new ModelOptions(), "model", contradictory));
        var full = new ModelOptions { TagKeyPath = _folder["keys/k"], Files = new FullDiskFiles { FullAfter = 5 } };
        Assert.ThrowsAny<Exception>(() => Train(full, "a/model", Records()));
        Assert.False(Path.Exists(_folder["new"]) || Path.Exists(_folder["a"]));
        Assert.Equal(["keys"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Train_ThatFailsAtAnyWrite_LeavesNoLock()
    {
        for (var full = 0; ; full++)
        {
            var options = new ModelOptions { TagKeyPath = _folder["key"], SigningKeyPath = _folder["signing"], Files = new FullDiskFiles { FullAfter = full } };
            if (Record.Exception(() => Train(options, "in/model", Records()).Dispose()) is not { } failure)
            {
                Assert.True(full > 10);
                return;
            }

            Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.Exists(_folder["in"]) ? Directory.GetFiles(_folder["in"], "model.lock*") : []);
        }
    }

    [Fact]
    public void Open_ByALink_FindsKeysAndWritesBesideTheModel()
    {
        Train().Dispose();
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["elsewhere/current"], _folder["model"]);
        using (var model = LegoNetModel.Open(_folder["elsewhere/current"]))
        {
            model.Forget("subject-2");
            Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
            Assert.NotEmpty(model.VerificationKeys);
        }

        // A replacement by the link replaces what it leads to.
        var options = new ModelOptions { Replace = true };
        LegoNetModel.Train(_folder["elsewhere/current"], s_definition, Records(), options, cancellationToken: TestContext.Current.CancellationToken).Dispose();
        Assert.Equal([_folder["elsewhere/current"]], Directory.GetFileSystemEntries(_folder["elsewhere"]));
        Assert.Equal(_folder["model"], new DirectoryInfo(_folder["elsewhere/current"]).LinkTarget);
        using var replaced = LegoNetModel.Open(_folder["model"]);
        Assert.Equal(Records().Length, replaced.RecordCount);
    }

    private static EncodedRecord[] Records() => [.. Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 4, i % 4))];

    private IEnumerable<string> Entries(string name) => Directory.GetFileSystemEntries(_folder[name], "*", SearchOption.AllDirectories).Append(_folder[name]);

    private LegoNetModel Train(ModelOptions? options = null, string name = "model", EncodedRecord[]? records = null)
        => LegoNetModel.Train(_folder[name], s_definition, records ?? Records(), options ?? new ModelOptions());
}
