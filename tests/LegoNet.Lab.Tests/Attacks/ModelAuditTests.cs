using System.Security.Cryptography;
using LegoNet.Encoders;
using LegoNet.Lab.Attacks;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Lab.Tests.Attacks;

public sealed class ModelAuditTests
{
    private const int Dimension = 48;
    private const int Classes = 4;

    private static readonly AuditSettings s_settings = new(ShadowModels: 24, Threads: 2);
    private static readonly RecordSet s_training = Own(GeneratedRecords.Draw(400, Dimension, Classes, records: 1));
    private static readonly RecordSet s_unseen = Own(GeneratedRecords.Draw(600, Dimension, Classes, records: 2));
    private static readonly int[] s_named = [.. Enumerable.Range(0, 40)];

    [Fact]
    public void Run_RecordsThatWereNeverForgotten_AreFoundAndAfterForgettingTheyAreNot()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_training.Count, row => true);
        var root = model.RootDigest;

        var before = Audit(model, s_training, s_named, s_unseen, s_settings);
        Assert.Equal(root, model.RootDigest);
        model.Forget([.. s_named.Select(row => new ForgetTarget($"row-{row}"))], cancellationToken: TestContext.Current.CancellationToken);
        var after = Audit(model, s_training, s_named, s_unseen, s_settings);

        Assert.InRange(before.Forgotten.PValue, 0, 1e-6);
        Assert.True(before.Forgotten.IsFound && before.Control!.IsFound && after.Control!.IsFound);
        Assert.InRange(before.Forgotten.AtOnePercent.TruePositives, 0.05, 1);
        Assert.InRange(after.Forgotten.PValue, 0.01, 1);
        Assert.Equal(s_named, before.Forgotten.Records.Select(r => r.Row).Order());
        Assert.Equal((180, 360, 24), (before.ShadowRecords + 18, before.Retained, before.ShadowModels));
    }

    [Fact]
    public void Run_AFewOfManyStillInTheModel_AreFoundByTheHighest()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_training.Count, row => row is >= 40 or < 12);
        Assert.True(Audit(model, s_training, s_named, s_unseen, s_settings).Forgotten.IsFound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_AWholeClass_IsFoundWhereTheModelLearnedItOnly(bool isLearned)
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_training.Count, row => isLearned || s_training.Label(row) != 2);
        int[] named = [.. Enumerable.Range(0, s_training.Count).Where(row => s_training.Label(row) == 2)];
        var found = Audit(model, s_training, named, s_unseen, s_settings).Forgotten;
        Assert.Equal(isLearned, found.IsFound);
        Assert.InRange(found.PValue, isLearned ? 0 : 0.01, isLearned ? 1e-9 : 1);
        Assert.Equal("lost classes", found.Tests[^1].Name);
    }

    [Fact]
    public void Run_OtherThreads_ChangeNothing()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_training.Count, row => true);
        var one = Audit(model, s_training, s_named, s_unseen, s_settings with { Threads = 1, ShadowModels = 16 });
        var three = Audit(model, s_training, s_named, s_unseen, s_settings with { Threads = 3, ShadowModels = 16 });
        Assert.Equal(one.Forgotten.Tests, three.Forgotten.Tests);
        Assert.Equal(one.Control!.Records, three.Control!.Records);
    }

    [Fact]
    public void Tests_RecordsThatWereNeverSeen_KeepTheirLevelWhicheverAreChosen()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_training.Count, row => true);
        var margins = ShadowModel.Margins(model.Scorer, s_unseen);
        var shadows = new double[32][];
        for (var s = 0; s < shadows.Length; s++)
        {
            int[] learned = new Draws(1, 50, s).Sample(Enumerable.Range(0, s_training.Count).ToArray(), s_training.Count / 2);
            shadows[s] = ShadowModel.Margins(model, s_training, learned, s_unseen, TestContext.Current.CancellationToken);
        }

        // By chance, and also those that all models find hardest, and those on which they agree least, of ever other records.
        double Hardness(int row) => -shadows.Average(s => s[row]);
        double Spread(int row) => shadows.Average(s => s[row] * s[row]) - Math.Pow(shadows.Average(s => s[row]), 2);
        foreach (var (choice, audits) in ((Func<int, double>, int)[])[(_ => 0, 120), (Hardness, 60), (Spread, 60)])
        {
            double[] found = [.. Enumerable.Range(0, audits).Select(audit =>
            {
                int[] all = new Draws(audit, 51).Sample(Enumerable.Range(0, s_unseen.Count).ToArray(), s_unseen.Count);
                int[] named = [.. all[..60].OrderByDescending(choice).Take(12)];
                int[] at = [.. named, .. all[60..]];
                double[] Of(double[] values) => [.. at.Select(row => values[row])];
                var (asked, strata) = (Array.ConvertAll(shadows, Of), at.Select(s_unseen.Label).ToArray());
                return AuditGroupTests.Of(Of(margins), asked, strata, named, new HashSet<int>(), audit, TestContext.Current.CancellationToken).PValue;
            })];
            Assert.DoesNotContain(found, p => p < AuditSettings.Level);
            Assert.InRange(found.Count(p => p < 0.05), 0, 0.1 * audits);
        }
    }

    [Fact]
    public void Run_WhatCannotBeAudited_IsRefusedInOneSentence()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, 100, row => true);
        var first = Part(s_training, 0, 100);
        Refused("names no record", first, [], s_unseen);
        Refused("unseen records are training records too", first, [0], s_training);
        Refused("At least 5 unseen records", first, [0], Part(s_unseen, 0, 3));
        Refused("at least 20 are needed", first, [.. Enumerable.Range(0, 90)], s_unseen);
        var twice = new RecordSet(first.Classes, Dimension, [.. first.Codes, .. first.Codes], [.. Labels(first), .. Labels(first)]);
        Refused("has a copy among the records that are not named", twice, [0, 1, 2], s_unseen);

        void Refused(string why, RecordSet training, int[] named, RecordSet unseen)
        {
            var failure = Assert.Throws<LegoNetException>(() => Audit(model, training, named, unseen, s_settings));
            Assert.Equal(LegoNetError.BadInput, failure.Error);
            Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        }
    }

    private static AuditResult Audit(LegoNetModel model, RecordSet training, int[] named, RecordSet unseen, AuditSettings settings)
        => ModelAudit.Run(model, training, named, unseen, settings, null, TestContext.Current.CancellationToken);

    private static IEnumerable<int> Labels(RecordSet records) => Enumerable.Range(0, records.Count).Select(records.Label);

    private static RecordSet Part(RecordSet records, int first, int count) => new(
        records.Classes,
        Dimension,
        [.. records.Codes[(first * Dimension)..((first + count) * Dimension)]],
        [.. Labels(records).Skip(first).Take(count)]);

    // Each record a subject of its own.
    private static RecordSet Own(RecordSet records) => Part(records, 0, records.Count);

    private static LegoNetModel Train(TempFolder folder, int count, Predicate<int> includes)
    {
        var fingerprint = new EncoderFingerprint(Convert.ToHexStringLower(SHA256.HashData("audit"u8)), "lab", "cpu", "integer", 1, 1);
        var keys = GaussianKeys.Create(1, 4, Dimension);
        var spec = new ModelSpec
        {
            Task = LearningTask.Multiclass,
            Classes = s_training.Classes,
            Dimension = Dimension,
            Encoder = """{"type":"lab"}""",
            Fingerprint = fingerprint,
            Adapters = 4,
            Active = 2,
            Keys = KeySource.Gaussian,
            KeysDigest = keys.Digest,
            Adapter = """{"lambda":"auto","trainer":"ridge"}""",
            Temperature = 1,
            Ensemble = EnsembleRule.Agreement,
        };
        return LegoNetModel.Train(
            folder["model"],
            new ModelDefinition { Spec = spec, Keys = keys },
            Enumerable.Range(0, count).Where(row => includes(row)).Select(row => new EncodedRecord(
                $"row-{row}", "record", s_training.Classes[s_training.Label(row)], s_training.Code(row).ToArray(), fingerprint, $"record {row}")),
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
