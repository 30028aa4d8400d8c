using LegoNet.Encoders;
using Microsoft.Extensions.Logging;

namespace LegoNet.MLNet;

/// <summary>Follows a training: passes its progress on, and logs each stage when it begins.</summary>
/// <param name="logger">The context's log.</param>
/// <param name="progress">The user's own; null for none.</param>
internal sealed class FitStages(ILogger logger, IProgress<LegoNetProgress>? progress) : IProgress<LegoNetProgress>
{
    private const string Reading = "reading rows";
    private const int RowsBetweenReports = 1024;

    private string? _stage;

    /// <inheritdoc/>
    public void Report(LegoNetProgress value)
    {
        // Several threads fit adapters, and one of them is the first.
        if (Interlocked.Exchange(ref _stage, value.Stage) != value.Stage)
        {
            var total = value.Total is { } known ? $" ({known})" : "";
            logger.LogInformation("LegoNet: {Stage}{Total}.", value.Stage, total);
        }

        progress?.Report(value);
    }

    /// <summary>The records, reported as they are read.</summary>
    /// <param name="records">The records.</param>
    /// <param name="total">How many there are; null where that is not known.</param>
    public IEnumerable<EncodedRecord> Count(IEnumerable<EncodedRecord> records, long? total)
    {
        Report(new LegoNetProgress(Reading, 0, total));
        var done = 0L;
        foreach (var record in records)
        {
            if (++done % RowsBetweenReports == 0)
            {
                Report(new LegoNetProgress(Reading, done, total));
            }

            yield return record;
        }

        Report(new LegoNetProgress(Reading, done, done));
    }
}
