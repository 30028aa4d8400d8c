using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace LegoNet.Cli;

/// <summary>Runs a command: progress, results as text or JSON, one sentence per failure, exit codes.</summary>
internal sealed class CommandHost(TextWriter output, TextWriter error, bool errorIsTerminal)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>--json, common to all commands.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object on standard output.", Recursive = true };

    /// <summary>Makes a command run an action.</summary>
    public void Bind(Command command, Func<ParseResult, CommandContext, CommandResult> action)
        => command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, action, cancellationToken), CancellationToken.None));

    /// <summary>What --json promises holds for a command line that cannot be parsed too.</summary>
    public void PrintUsageError(string[] args, string message)
    {
        if (args.Contains(Json.Name, StringComparer.Ordinal))
        {
            PrintError(ExitCodes.Usage, message);
        }
    }

    private int Run(ParseResult parsed, Func<ParseResult, CommandContext, CommandResult> action, CancellationToken cancellationToken)
    {
        var json = parsed.GetValue(Json);
        try
        {
            var result = Execute(parsed, action, cancellationToken);
            output.WriteLine(json ? result.Json.ToJsonString(s_json) : result.Text.TrimEnd());
            return result.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return Fail(json, ExitCodes.Cancelled, "Cancelled; nothing was changed.");
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<LegoNetException>().FirstOrDefault() is { } failure)
        {
            return Fail(json, (int)failure.Error, Hints.Worded(failure));
        }
        catch (LegoNetException e)
        {
            return Fail(json, (int)e.Error, Hints.Worded(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(json, ExitCodes.BadInput, e.Message);
        }
    }

    private CommandResult Execute(ParseResult parsed, Func<ParseResult, CommandContext, CommandResult> action, CancellationToken cancellationToken)
    {
        if (!errorIsTerminal)
        {
            return action(parsed, new CommandContext(new PlainProgress(error), error, cancellationToken));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var notes = new StringWriter();
        try
        {
            return TerminalProgress.Run(console, progress => action(parsed, new CommandContext(progress, notes, cancellationToken)));
        }
        finally
        {
            error.Write(notes.ToString()); // A line written under a live bar would be overdrawn.
        }
    }

    private int Fail(bool json, int exitCode, string message)
    {
        error.WriteLine($"legonet: {message}");
        if (json)
        {
            PrintError(exitCode, message);
        }

        return exitCode;
    }

    private void PrintError(int exitCode, string message) => output.WriteLine(new JsonObject { ["error"] = message, ["exitCode"] = exitCode }.ToJsonString(s_json));
}
