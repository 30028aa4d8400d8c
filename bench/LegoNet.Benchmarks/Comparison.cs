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
        var (here, there) = Timing.Pairs(pairs, () => Measure("this version", ChildProcess.Command(typeof(BenchProgram).Assembly)), () => Measure("the other version", other));
        foreach (var first in here[0])
        {
            double[] a = [.. here.Select(Value)], b = [.. there.Select(Value)];
            var on = $"{(first with { Value = Timing.Median(a) }).ValueText} against {(first with { Value = Timing.Median(b) }).ValueText}; {pairs} pairs of processes";
            yield return new(first.Work, $"{first.Measure}, × other", Timing.Median(a.Zip(b, (x, y) => x / y)), Unit.Ratio, on);

            double Value(Measurement[] measured) => measured.SingleOrDefault(m => m.Work == first.Work && m.Measure == first.Measure)?.Value
                ?? throw LegoNetException.BadInput($"{string.Join(' ', other)}: does not measure \"{first.Measure}\" of {first.Work}.");
        }

        Measurement[] Measure(string version, string[] command)
        {
            run.Stage($"measuring {version}");
            return [.. ChildProcess.Run([.. command, .. arguments], run.CancellationToken).Json["measurements"]!.AsArray().Select(m => Measurement.FromJson(m!))];
        }
    }

    private static List<string> Arguments(BenchRun run)
    {
        var options = run.Options;
        List<string> arguments = [.. options.Works, "--repeat", "1", "--gigabytes", $"{options.Gigabytes}", "--threads", $"{options.Threads}", "--out", run.File(""), "--json"];
        foreach (var (name, value) in ((string, object?)[])[("--codes", options.Codes), ("--data", options.Data), ("--records", options.Records), ("--adapters", options.Adapters), ("--active", options.Active)])
        {
            if (value is not null)
            {
                arguments.AddRange([name, $"{value}"]);
            }
        }

        return arguments;
    }
}
