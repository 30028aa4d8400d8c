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
    /// <param name="encoder">The encoder.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">A source is malformed, too small, or shares records with the training source or the other.</exception>
    public static TuneData Read(IRecordSource on, IRecordSource? test, SharedRecords training, ICodeEncoder encoder, int threads, CommandContext context)
    {
        RequireApart(on, training, "the spec's training source, whose records may have to be forgotten", context);
        if (test is not null)
        {
            RequireApart(test, training, "the spec's training source, whose records may have to be forgotten", context);
            RequireApart(test, SharedRecords.Of(on, context), "the records of --on, on which nothing can be judged that was fitted to them", context);
        }

        var all = Encode(on);
        var judge = test is null ? all.Where(r => IsJudged(r.Subject)).ToList() : Encode(test);
        var fit = test is null ? all.Where(r => !IsJudged(r.Subject)).ToList() : all;
        return fit.Count > 0 && judge.Count > 0 ? new TuneData(fit, judge, DigestOf([.. fit, .. judge]))
            : throw LegoNetException.BadInput($"{on.Name}: has too few subjects to fit to some and judge on others.");

        List<EncodedRecord> Encode(IRecordSource source)
            => [.. RecordEncoder.Encode(source, encoder, threads, null, context.Progress, context.CancellationToken)];
    }

    private static void RequireApart(IRecordSource source, SharedRecords others, string whose, CommandContext context)
    {
        var shared = source.Read(context.CancellationToken).LongCount(r => others.Contains(r, source.IdsArePositions));
        if (shared > 0)
        {
            throw LegoNetException.BadInput(
                $"{source.Name}: {Plural.Of(shared, "record")} of it {Plural.Form(shared, "is", "are")} the same, or of the same person, as in {whose}; "
                + "take them out, since a choice must not rest on them.");
        }
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
