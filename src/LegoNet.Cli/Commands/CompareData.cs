using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Lab;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>The encoded records that `legonet compare` compares on.</summary>
/// <param name="Records">Records to train on.</param>
/// <param name="Test">Records that no model sees.</param>
/// <param name="Total">Records that the source has, of which those to train on are a part.</param>
/// <param name="Notes">What a reader of the report must know of them; a sentence each.</param>
internal sealed record CompareData(RecordSet Records, RecordSet Test, long Total, IReadOnlyList<string> Notes)
{
    private const int MostTest = 10_000;
    private const int TestOfTen = 2;

    /// <summary>Refuses a task without classes.</summary>
    public static void RequireClasses(PipelineSpec pipeline)
    {
        if (pipeline.Labels.Task is not (LearningTask.Multiclass or LearningTask.Binary))
        {
            throw LegoNetException.BadInput(
                $"{pipeline.File}: methods are compared on a task of classes (multiclass or binary), and this one is {pipeline.Labels.Task.Word()}.");
        }
    }

    /// <summary>Encodes; of more records than wanted a part, drawn by their names alone.</summary>
    /// <param name="pipeline">The spec.</param>
    /// <param name="setup">Its encoder.</param>
    /// <param name="most">Records to train on at most.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">A source is malformed or too small.</exception>
    public static CompareData Read(PipelineSpec pipeline, EncoderSetup setup, int most, int threads, CommandContext context)
    {
        var notes = new List<string>();
        var source = pipeline.OpenSource();
        var training = SharedRecords.Of(source, context);
        if (pipeline.HasTest)
        {
            var test = pipeline.OpenTest();
            var (tested, shared) = (0L, 0L);
            foreach (var record in test.Read(context.CancellationToken))
            {
                tested++;
                shared += training.Contains(record, test.IdsArePositions) ? 1 : 0;
            }

            if (shared > 0)
            {
                notes.Add(FormattableString.Invariant($"{shared:N0} test records are the same as, or of the same person as, records to train on."));
            }

            var all = Encode(source, training.Count, most, "records to train on", _ => true);
            return new CompareData(all, Encode(test, tested, MostTest, "test records", _ => true), training.Count, notes);
        }

        // By whose a record is: a person's other records would tell too much of those that are judged.
        notes.Add($"The spec names no test records, so the records of about {TestOfTen} in 10 subjects were kept apart and nothing was trained on them.");
        var fit = Encode(source, training.Count, most, "records to train on", record => !IsTest(record));
        return new CompareData(fit, Encode(source, training.Count, MostTest, "records kept apart", IsTest), training.Count, notes);

        RecordSet Encode(IRecordSource from, long count, int part, string what, Func<SourceRecord, bool> among)
        {
            // Where there can be too many, names are read before anything is encoded.
            double[] draws = count <= part ? [] : [.. from.Read(context.CancellationToken).Where(among).Select(record => Draw(record, "part"))];
            var last = double.PositiveInfinity;
            if (draws.Length > part)
            {
                last = draws.Order().ElementAt(part - 1);
                notes.Add(FormattableString.Invariant($"{part:N0} of {draws.Length:N0} {what} were taken, drawn by their names."));
            }

            bool IsTaken(SourceRecord record) => among(record) && Draw(record, "part") <= last;
            var encoded = RecordEncoder.Encode(from, setup.Encoder, threads, IsTaken, context.Progress, context.CancellationToken);
            return RecordSet.Of(encoded, pipeline.Labels, setup.Encoder.Dimension);
        }
    }

    private static bool IsTest(SourceRecord record) => Draw(record with { Id = "" }, "test") < TestOfTen / 10.0;

    // From 0 to 1.
    private static double Draw(SourceRecord record, string purpose)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\0{record.Subject}\0{record.Id}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(digest) / (double)ulong.MaxValue;
    }
}
