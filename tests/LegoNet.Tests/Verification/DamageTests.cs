using LegoNet.Tests.Support;

namespace LegoNet.Tests.Verification;

/// <summary>
/// Any byte of any file of a model is changed, cut off or put elsewhere; files go and come. Opening or verifying names the file, and
/// no score is ever given that the whole model would not give.
/// </summary>
public sealed class DamageTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 4, active: 2);

    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly string[] _files;
    private readonly sbyte[] _codes = [.. Enumerable.Range(0, 8).SelectMany(i => Models.Record(s_definition.Spec, 1000, i).Code)];
    private readonly double[] _scores;

    public DamageTests()
    {
        _model = _folder["model"];
        using (var model = LegoNetModel.Train(_folder["whole"], s_definition, Enumerable.Range(0, 30).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3)), Options()))
        {
            model.Forget("subject-9");
            _scores = Scores(model);
        }

        _files = [.. Directory.EnumerateFiles(_folder["whole"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder["whole"], f)).Order(StringComparer.Ordinal)];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnyByteChanged_IsNamed() => ForEveryFile(1, (random, file) =>
    {
        var bytes = File.ReadAllBytes(file);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, bytes);
        return [file];
    });

    [Fact]
    public void AnyFileCut_IsNamed() => ForEveryFile(2, (random, file) =>
    {
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..random.Next((int)new FileInfo(file).Length)]);
        return [file];
    });

    [Fact]
    public void AnyFileLengthened_IsNamed() => ForEveryFile(3, (random, file) =>
    {
        File.AppendAllText(file, random.Next(2) == 0 ? " " : "\0\0\0\0");
        return [file];
    });

    [Fact]
    public void AnyFileGone_IsNamed() => ForEveryFile(4, (_, file) =>
    {
        File.Delete(file);

        // That the newest entry is gone shows only in that the one before does not lead to the present root.
        return [file.Contains("ledger", StringComparison.Ordinal) ? "ledger" : file];
    });

    [Fact]
    public void AnyTwoFilesSwapped_AreNamed() => ForEveryFile(5, (random, file) =>
    {
        var other = Path.Combine(_model, _files.Where(f => !file.EndsWith(f, StringComparison.Ordinal)).ElementAt(random.Next(_files.Length - 1)));
        var bytes = File.ReadAllBytes(file);
        File.Copy(other, file, overwrite: true);
        File.WriteAllBytes(other, bytes);
        return [file, other];
    });

    [Fact]
    public void AnyTwoBytesSwapped_AreNamed() => ForEveryFile(6, (random, file) =>
    {
        var bytes = File.ReadAllBytes(file);
        var first = random.Next(bytes.Length);
        var second = Array.FindIndex(bytes, b => b != bytes[first]);
        (bytes[first], bytes[second]) = (bytes[second], bytes[first]);
        File.WriteAllBytes(file, bytes);
        return [file];
    });

    [Fact]
    public void AFolderInAFilesPlace_IsNamed() => ForEveryFile(7, (_, file) =>
    {
        File.Delete(file);
        Directory.CreateDirectory(file);
        return [file.Contains("ledger", StringComparison.Ordinal) ? "ledger" : file];
    });

    [Theory]
    [InlineData("added")]
    [InlineData("records/added.safetensors")]
    [InlineData("adapters/00000-0000000000000000000000000000000000000000000000000000000000000000.safetensors")]
    [InlineData("ledger/added.txt")]
    [InlineData("ledger/00000009.json")]
    [InlineData("some/where/else")]
    public void AFileAdded_IsNamed(string name)
    {
        Tree.Copy(_folder["whole"], _model);
        var file = Path.Combine(_model, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        AssertNamed("added " + name, [file]);
    }

    [Fact]
    public void ALinkToAFolderAdded_IsNamedAndNotFollowed()
    {
        Tree.Copy(_folder["whole"], _model);
        Directory.CreateSymbolicLink(Path.Combine(_model, "link"), _folder.Path);
        AssertNamed("a link", [Path.Combine(_model, "link")]);
        var report = LegoNetModel.Verify(_model, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(report.Differences);
    }

    private void ForEveryFile(int seed, Func<Random, string, string[]> damage)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3; round++)
        {
            foreach (var name in _files)
            {
                Tree.Copy(_folder["whole"], _model);
                var damaged = damage(random, Path.Combine(_model, name));
                AssertNamed($"round {round}, {name}", damaged);
            }
        }
    }

    private void AssertNamed(string what, string[] files)
    {
        var said = "";
        try
        {
            using var model = LegoNetModel.Open(_model, Options());
            Assert.True(_scores.AsSpan().SequenceEqual(Scores(model)), $"{what}: scored with damage");
        }
        catch (LegoNetException e)
        {
            Assert.True(e.Error == LegoNetError.Damaged, $"{what}: {e}");
            said = e.Message + "\n";
        }

        try
        {
            var report = LegoNetModel.Verify(_model, Options());
            Assert.False(report.IsExact, $"{what}: was not noticed");
            said += string.Join('\n', report.Damage.Concat(report.Differences));
        }
        catch (LegoNetException e)
        {
            said += e.Message;
        }

        // Where two files are exchanged, either tells; a damaged inner node hides what lies below it.
        Assert.True(files.Any(f => said.Contains(Path.GetFileName(f), StringComparison.Ordinal)), $"{what}: none of {string.Join(", ", files)} is named in:\n{said}");
    }

    private double[] Scores(LegoNetModel model)
    {
        var scores = new double[8 * Models.Classes];
        model.Scorer.Score(_codes, scores);
        return scores;
    }

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], SigningKeyPath = _folder["signing"], PublicKeyPath = _folder["public"], Threads = 1, Files = new UnflushedFiles() };
}
