using System.Diagnostics;
using System.Runtime.CompilerServices;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Models;

/// <summary>Alone, since other tests make temporary folders too.</summary>
[Collection(nameof(TemporaryModelTests))]
[CollectionDefinition(nameof(TemporaryModelTests), DisableParallelization = true)]
public class TemporaryModelTests
{
    private const string NoteVariable = "LEGONET_TEST_NOTE";

    private static LegoNetTransformer? s_kept;

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Dispose_Transformer_RemovesModelKeyAndWhateverLiesBeside()
    {
        var model = Fit();
        var folder = Path.GetDirectoryName(model.Model.Path)!;
        Assert.True(File.Exists(model.Model.Path + ".key"));
        Assert.True(File.Exists(model.Model.Path + ".lock"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        model.Forget("person-3");
        model.Dispose();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Fit_Fails_LeavesNoFolder()
    {
        // In a process with temporary files of its own, since others make and remove theirs at any time.
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["temporary"]);
        var (exit, output) = await RunAsync(
            nameof(FailInAFolderOfItsOwn),
            start => start.Environment["TMPDIR"] = start.Environment["TMP"] = start.Environment["TEMP"] = folder["temporary"],
            folder["note"]);
        Assert.True(exit == 0 && File.Exists(folder["note"]), output);
    }

    [Fact]
    public void FailInAFolderOfItsOwn()
    {
        var note = Note();
        Assert.Empty(Folders());
        using (Fit())
        {
            Assert.Single(Folders());
        }

        var rows = Rows.Create(30).Append(new Row { Person = "p", Name = "n", Category = "red", Features = [float.NaN, 0, 0, 0, 0, 0, 0, 0] });
        Assert.Throws<InvalidOperationException>(() => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(Rows.Keyed(_ml, rows)));
        Assert.Empty(Folders());
        File.WriteAllText(note, "done");
    }

    [Fact]
    public void Finaliser_TransformerIsLost_RemovesTheFolder()
    {
        var folder = Lose();
        for (var i = 0; i < 20 && Directory.Exists(folder); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Finaliser_OnlyTheModelIsHeld_LeavesTheFolder()
    {
        var model = Taken();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        model.Forget("person-3");
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
        model.Dispose();
    }

    [Fact]
    public void Save_SnapshotIsUsedLast_StillFindsItsGraph()
    {
        // Sharp in release builds: debug builds keep every argument to the end of its method.
        using var model = Fit();
        using var stream = new CollectingStream();
        Save(model, stream);
        Assert.NotEqual(0, stream.Length);
    }

    [Fact]
    public void Transform_ViewOutlivesTheTransformer_StillScores()
    {
        var (view, folder) = Scored();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(Directory.Exists(folder));
        Assert.InRange(_ml.MulticlassClassification.Evaluate(view).MicroAccuracy, 0.6, 1);
        GC.KeepAlive(view);
    }

    [Fact]
    public async Task ProcessExit_TransformerIsStillHeld_RemovesTheFolder()
    {
        using var folder = new TempFolder();
        var (_, output) = await RunAsync(nameof(KeepUntilTheProcessEnds), _ => { }, folder["note"]);
        Assert.True(File.Exists(folder["note"]), output);
        Assert.False(Directory.Exists(File.ReadAllText(folder["note"])));
    }

    [Fact]
    public void KeepUntilTheProcessEnds()
    {
        var note = Note();
        s_kept = Fit();
        var model = Path.GetDirectoryName(s_kept.Model.Path)!;
        Assert.True(Directory.Exists(model));
        File.WriteAllText(note, model);
    }

    private static async Task<(int Exit, string Output)> RunAsync(string test, Action<ProcessStartInfo> change, string note)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[.. Host(), "-method", $"{typeof(TemporaryModelTests).FullName}.{test}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[NoteVariable] = note;
        change(start);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static string Note()
    {
        var note = Environment.GetEnvironmentVariable(NoteVariable);
        Assert.SkipWhen(note is null, "Runs in a process of its own, which another test of this class starts.");
        return note!;
    }

    // The tests' own executable, or the dotnet host with the tests' assembly.
    private static string[] Host()
        => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TemporaryModelTests).Assembly.Location] : [];

    private LegoNetTransformer Fit()
    {
        var options = Rows.Multiclass();
        return _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, Rows.Create(60)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Save(LegoNetTransformer model, Stream stream)
        => _ml.Model.Save(model.ToOnnxTransformer(_ml), Rows.Keyed(_ml, Rows.Create(3)).Schema, stream);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LegoNetModel Taken() => Fit().Model;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private string Lose() => Path.GetDirectoryName(Fit().Model.Path)!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (IDataView View, string Folder) Scored()
    {
        var model = Fit();
        return (model.Transform(Rows.Keyed(_ml, Rows.Create(60))), Path.GetDirectoryName(model.Model.Path)!);
    }

    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "legonet-*");

    /// <summary>Collects garbage, and has finalisers run, whenever it is written to.</summary>
    private sealed class CollectingStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            base.Write(buffer, offset, count);
        }
    }
}
