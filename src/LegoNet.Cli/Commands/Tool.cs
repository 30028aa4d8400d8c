using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using LegoNet.Demo;
using LegoNet.Onnx;

namespace LegoNet.Cli.Commands;

/// <summary>The `legonet` tool.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_terminationTimeout = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, bool errorIsTerminal)
    {
        GeneratedImages.Register();
        OnnxEncoderFactory.Register();
#if LEGONET_MLNET
        MLNet.MLNetAdapters.Register();
#endif
        var host = new CommandHost(output, error, errorIsTerminal);
        // Not a RootCommand: its help would name the assembly's file, and people type `legonet`.
        var root = new Command("legonet", "Trains models that forget: any record or person can be added, corrected or forgotten, and the model is then byte for byte the one that never saw the data.");
        root.Options.Add(host.Json);
        root.Options.Add(new System.CommandLine.Help.HelpOption { Recursive = true });
        root.Options.Add(new VersionOption { Action = new VersionAction(output) });
        foreach (var command in (ReadOnlySpan<Command>)
        [
            DemoCommand.Create(host),
            InitCommand.Create(host),
            CalibrateCommand.Create(host),
            TrainCommand.Create(host),
            AddCommand.Create(host),
            CorrectCommand.Create(host),
            ForgetCommand.Create(host),
            VerifyCommand.Create(host),
            RepairCommand.Create(host),
            ProveCommand.Create(host),
            CheckCommand.Create(host),
            ScoreCommand.Create(host),
            EvaluateCommand.Create(host),
            ExportCommand.Create(host),
            RebuildCommand.Create(host),
            InspectCommand.Create(host),
            EncodeCommand.Create(host),
            GenerateCommand.Create(host),
            BenchCommand.Create(host),
        ])
        {
            command.Validators.Add(RefuseEmptyValues);
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // A misspelled command is "unrecognized" and, by that, also missing; the first says all.
            var unknown = parsed.Errors.FirstOrDefault(e => e.Message.StartsWith("Unrecognized", StringComparison.Ordinal));
            string[] problems = [.. (unknown is null ? parsed.Errors : [unknown]).Select(e => e.Message)];
            foreach (var problem in problems)
            {
                await error.WriteLineAsync($"legonet: {problem}").ConfigureAwait(false);
            }

            host.PrintUsageError(args, string.Join(' ', problems));
            await error.WriteLineAsync($"Run `legonet {string.Join(' ', parsed.CommandResult.Command == root ? ["--help"] : new[] { parsed.CommandResult.Command.Name, "--help" })}` for usage.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        // Ctrl-C asks the command to stop; a commit that has begun is finished first, which takes well under the time allowed.
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = s_terminationTimeout, EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }

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

    public static string Version => typeof(Tool).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private sealed class VersionAction(TextWriter output) : System.CommandLine.Invocation.SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"legonet {Version} ({PackageSources.Line})");
            return ExitCodes.Done;
        }
    }
}
