using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Encoders;

namespace LegoNet.Cli.Commands;

/// <summary>The encoded records on which `legonet tune` tries and judges.</summary>
/// <param name="Fit">Records that models are fitted to.</param>
/// <param name="Judge">Records of other subjects, on which they are judged.</param>
/// <param name="Digest">SHA-256 of both, whatever their order.</param>
internal sealed record TuneData(IReadOnlyList<EncodedRecord> Fit, IReadOnlyList<EncodedRecord> Judge, string Digest)
{
    private const int JudgedOfTen = 3;

    /// <summary>Encodes; each record once, for all trials.</summary>
    /// <param name="on">The records.</param>
    /// <param name="test">Records to judge on; null to set three tenths of the subjects aside.</param>
    /// <param name="training">The records that the spec trains on.</param>
    /// <param name="skipShared">Whether records that the training source has too are left aside; otherwise they are refused.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">A source is malformed, too small, or shares records with the training source or the other.</exception>
    public static TuneData Read(
        IRecordSource on, IRecordSource? test, SharedRecords training, bool skipShared, ICodeEncoder encoder, int threads, CommandContext context)
    {
        foreach (var source in (IRecordSource[])[on, .. test is null ? Array.Empty<IRecordSource>() : [test]])
        {
            RequireApart(source, training, "the spec's training source, whose records may have to be forgotten", skipShared, context);
        }

        var fitted = test is null ? null : SharedRecords.Of(on, context);
        if (fitted is not null)
        {
            RequireApart(test!, fitted, "the records of --on, on which nothing can be judged that was fitted to them", skipShared, context);
        }

        var all = Encode(on, training);
        var judge = test is null ? all.Where(r => IsJudged(r.Subject)).ToList() : Encode(test, training, fitted!);
        var fit = test is null ? all.Where(r => !IsJudged(r.Subject)).ToList() : all;
        return fit.Count > 0 && judge.Count > 0 ? new TuneData(fit, judge, DigestOf([.. fit, .. judge]))
            : throw LegoNetException.BadInput($"{on.Name}: has too few subjects to fit to some and judge on others.");

        List<EncodedRecord> Encode(IRecordSource source, params SharedRecords[] others)
        {
            bool IsApart(SourceRecord record) => !others.Any(o => o.Contains(record, source.IdsArePositions));
            return [.. RecordEncoder.Encode(source, encoder, threads, skipShared ? IsApart : null, context.Progress, context.CancellationToken)];
        }
    }

    private static void RequireApart(IRecordSource source, SharedRecords others, string whose, bool skip, CommandContext context)
    {
        var shared = source.Read(context.CancellationToken).LongCount(r => others.Contains(r, source.IdsArePositions));
        var what = $"{source.Name}: {Plural.Of(shared, "record")} of it {Plural.Form(shared, "is", "are")} the same, or of the same person, as in {whose}";
        if (shared > 0 && !skip)
        {
            throw LegoNetException.BadInput($"{what}; a choice must not rest on them, so leave them aside with --skip-shared, or name other records.");
        }

        context.Note(shared > 0 ? $"note: {what}; they were left aside." : null);
    }

    // By whose a record is, so that nobody is judged by what was learned from the same person.
    private static bool IsJudged(string subject)
        => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(subject))) % 10 < JudgedOfTen;

    private static string DigestOf(List<EncodedRecord> records)
    {
        var each = records
            .Select(r => SHA256.HashData([.. Encoding.UTF8.GetBytes($"{r.Subject}\0{r.Id}\0{r.Label}\0"), .. r.Code.Select(c => (byte)c)]))
            .Select(Convert.ToHexStringLower)
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(each))));
    }
}
