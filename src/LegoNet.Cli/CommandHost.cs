using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace LegoNet.Cli;

/// <summary>Runs a program's commands: usage, progress, results as text or JSON, one sentence per failure, exit codes.</summary>
/// <param name="program">The name before each failure's sentence.</param>
/// <param name="output">For results.</param>
/// <param name="error">For progress, notes and failures.</param>
/// <param name="errorIsTerminal">Whether progress can be a bar.</param>
/// <param name="answers">What the person at the terminal types; null where nobody is there to be asked.</param>
internal sealed class CommandHost(string program, TextWriter output, TextWriter error, bool errorIsTerminal, TextReader? answers = null)
{
    private static readonly TimeSpan s_terminationTimeout = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output.", Recursive = true };

    /// <summary>Makes a command run an action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">What it does.</param>
    /// <param name="talks">
    /// Whether it asks the person at the terminal, or says things as they happen; its progress is then plain lines, since a live bar overdraws others.
    /// </param>
    /// <param name="onIOFailure">The exit status where a file could not be read or written.</param>
    /// <param name="onCancel">What has become of the work where it is cancelled.</param>
    public void Bind(
        Command command,
        Func<ParseResult, CommandContext, CommandResult> action,
        bool talks = false,
        int onIOFailure = ExitCodes.BadInput,
        string onCancel = "nothing was changed")
        => command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(parsed, action, talks, onIOFailure, onCancel, cancellationToken), CancellationToken.None));

    /// <summary>Runs what a command line asks for.</summary>
    /// <param name="root">The program. --json and --help are added to it and to all of its commands.</param>
    /// <param name="args">The command line.</param>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(Command root, string[] args)
    {
        root.Options.Add(_json);
        root.Options.Add(new HelpOption { Recursive = true });
        foreach (var each in WithSubcommands(root))
        {
            each.Validators.Add(RefuseEmptyValues);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // A misspelled command is "unrecognized" and, by that, also missing; the first says all.
            var unknown = parsed.Errors.FirstOrDefault(e => e.Message.StartsWith("Unrecognized", StringComparison.Ordinal));
            string[] problems = parsed.CommandResult.Command.Subcommands is { Count: > 0 } commands && unknown is null
                ? [$"Say which: {string.Join(", ", commands.Select(c => c.Name))}."]
                : [.. (unknown is null ? parsed.Errors : [unknown]).Select(e => e.Message)];
            foreach (var problem in problems)
            {
                await error.WriteLineAsync($"{program}: {problem}").ConfigureAwait(false);
            }

            // What --json promises holds for a command line that cannot be parsed too.
            if (args.Contains(_json.Name, StringComparer.Ordinal))
            {
                PrintError(ExitCodes.Usage, string.Join(' ', problems));
            }

            await error.WriteLineAsync($"Run `{program} {WordsTo(parsed.CommandResult)}--help` for usage.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        // Ctrl-C asks the command to stop; a commit that has begun is finished first, which takes well under the time allowed.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = s_terminationTimeout,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    }

    private static IEnumerable<Command> WithSubcommands(Command command) => command.Subcommands.SelectMany(WithSubcommands).Prepend(command);

    // The words after the program's name, each with a space behind it.
    private static string WordsTo(System.CommandLine.Parsing.CommandResult command)
        => command.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{WordsTo(parent)}{command.Command.Name} " : "";

    // Mostly an unset variable in a script; an empty label, though, is what a multi-label record without classes has.
    private static void RefuseEmptyValues(System.CommandLine.Parsing.CommandResult command)
    {
        foreach (var child in command.Children)
        {
            var name = child switch { OptionResult option => option.Option.Name, ArgumentResult argument => argument.Argument.Name, _ => "" };
            if (name != "--label" && child.Tokens.Any(token => token.Value.Length == 0))
            {
                command.AddError($"{name} must not be empty.");
            }
        }
    }

    private int Run(
        ParseResult parsed,
        Func<ParseResult, CommandContext, CommandResult> action,
        bool talks,
        int onIOFailure,
        string onCancel,
        CancellationToken cancellationToken)
    {
        var json = parsed.GetValue(_json);
        try
        {
            var result = Execute(parsed, action, talks, cancellationToken);
            output.WriteLine(json ? result.Json.ToJsonString(s_json) : result.Text.TrimEnd());
            return result.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return Fail(json, ExitCodes.Cancelled, $"Cancelled; {onCancel}.");
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<LegoNetException>().FirstOrDefault() is { } failure)
        {
            return Fail(json, ExitCodes.Of(failure), Hints.Worded(failure));
        }
        catch (LegoNetException e)
        {
            return Fail(json, ExitCodes.Of(e), Hints.Worded(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(json, onIOFailure, e.Message);
        }
    }

    private CommandResult Execute(ParseResult parsed, Func<ParseResult, CommandContext, CommandResult> action, bool talks, CancellationToken cancellationToken)
    {
        if (!errorIsTerminal || talks)
        {
            // A program that reads the JSON answers nothing.
            var person = talks && !parsed.GetValue(_json) ? answers : null;
            return action(parsed, new CommandContext(new PlainProgress(error), error, cancellationToken, person));
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
        error.WriteLine($"{program}: {message}");
        if (json)
        {
            PrintError(exitCode, message);
        }

        return exitCode;
    }

    private void PrintError(int exitCode, string message)
        => output.WriteLine(new JsonObject { ["error"] = message, ["exitCode"] = exitCode }.ToJsonString(s_json));
}
