namespace LegoNet.Benchmarks;

/// <summary>
/// This version against another one: both do the same work in processes of their own, in turns and each first as often as the other,
/// since a shared machine changes its pace.
/// </summary>
internal static class Comparison
{
    /// <summary>Measures.</summary>
    /// <param name="run">What both do. <see cref="BenchRun.Repetitions"/> is the number of pairs.</param>
    /// <param name="other">The command that starts the other version, without the names of work.</param>
    /// <returns>For each measure the median of the pairs' ratios, this version's value by the other's.</returns>
    /// <exception cref="LegoNetException">One of them failed; the message is its own.</exception>
    public static IEnumerable<Measurement> Run(BenchRun run, string[] other)
    {
        var arguments = Arguments(run);
        var pairs = run.Repetitions;
        var itself = ChildProcess.Command(typeof(BenchProgram).Assembly);
        var (here, there) = Timing.Pairs(pairs, () => Measure("this version", itself), () => Measure("the other version", other));
        for (var i = 0; i < here[0].Length; i++)
        {
            var first = here[0][i];
            var earlier = here[0][..i].Count(IsSame); // growth has several sizes of one measure.
            double[] a = [.. here.Select(Value)], b = [.. there.Select(Value)];
            var (median, others) = (first with { Value = Timing.Median(a) }, first with { Value = Timing.Median(b) });
            var on = $"{median.ValueText} against {others.ValueText}; {pairs} pairs of processes";
            yield return new(first.Work, $"{first.Measure}, × other", Timing.Median(a.Zip(b, (x, y) => x / y)), Unit.Ratio, on);

            bool IsSame(Measurement measured) => measured.Work == first.Work && measured.Measure == first.Measure;

            double Value(Measurement[] measured) => measured.Where(IsSame).ElementAtOrDefault(earlier)?.Value
                ?? throw LegoNetException.BadInput($"{string.Join(' ', other)}: does not measure \"{first.Measure}\" of {first.Work}.");
        }

        Measurement[] Measure(string version, string[] command)
        {
            run.Stage($"measuring {version}");
            var process = ChildProcess.Run([.. command, .. arguments], run.CancellationToken);
            return [.. process.Json["measurements"]!.AsArray().Select(m => Measurement.FromJson(m!))];
        }
    }

    private static string[] Arguments(BenchRun run)
    {
        var options = run.Options;
        (string Name, object? Value)[] given =
        [
            ("--codes", options.Codes), ("--data", options.Data), ("--records", options.Records), ("--adapters", options.Adapters),
            ("--active", options.Active), ("--adapter", options.Adapter), ("--gigabytes", options.Gigabytes), ("--threads", options.Threads),
            ("--repeat", 1), ("--out", run.File("")),
        ];
        return [.. options.Works, .. given.Where(o => o.Value is not null).SelectMany(o => (string[])[o.Name, $"{o.Value}"]), "--json"];
    }
}
