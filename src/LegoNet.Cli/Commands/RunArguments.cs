using System.CommandLine;
using System.Globalization;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>Options of the commands that plan runs and work at them.</summary>
internal static class RunArguments
{
    /// <summary>What holds of a run when one of those who work at it is stopped.</summary>
    public const string Cancelled = "what is done stays done, and the same command goes on from there";

    public static Option<string> Run() => new("--run")
    {
        Description = "The run directory, where every worker sees it.",
        HelpName = "DIR",
        Required = true,
    };

    public static Option<int?> Tasks()
    {
        var option = new Option<int?>("--tasks")
        {
            Description = "Tasks of each stage, where there is as much to divide: a few times as many as there will be workers "
                + "(default: 4, 8 or 16, by the size of the data).",
        };
        option.Validators.Add(Arguments.RequireNumber(1, 100_000));
        return option;
    }

    public static Option<string?> Memory()
    {
        var option = new Option<string?>("--memory")
        {
            Description = "What a task may use for records, e.g. 512M or 2G (default: 1G). Where it is little, there are more tasks.",
            HelpName = "SIZE",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && Bytes(result.Tokens[0].Value) is null)
            {
                result.AddError("--memory must be a size from 64M, such as 512M or 2G.");
            }
        });
        return option;
    }

    public static PlanOptions Plan(ParseResult parsed, Option<int?> tasks, Option<string?> memory)
    {
        var options = new PlanOptions { Tasks = parsed.GetValue(tasks) };
        if (parsed.GetValue(memory) is { } size)
        {
            options.Memory = Bytes(size)!.Value;
        }

        return options;
    }

    public static RunOptions Options(ParseResult parsed, Option<int> threads, CommandContext context)
        => new() { Threads = parsed.GetValue(threads), Logger = new NoteLogger(context) };

    private static long? Bytes(string size)
    {
        var unit = size.Length == 0 ? 0 : char.ToUpperInvariant(size[^1]) switch { 'M' => 20, 'G' => 30, _ => 0 };
        return unit > 0 && int.TryParse(size[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (long)number << unit is var bytes
            && bytes >= PlanOptions.LeastMemory ? bytes : null;
    }
}
