using System.CommandLine;
using System.Reflection;
using LegoNet.Demo;
using LegoNet.Onnx;

namespace LegoNet.Cli.Commands;

/// <summary>The `legonet` tool.</summary>
internal static class Tool
{
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, bool errorIsTerminal, TextReader? answers = null)
    {
        GeneratedImages.Register();
        OnnxEncoderFactory.Register();
#if LEGONET_MLNET
        MLNet.MLNetAdapters.Register();
#endif
        var host = new CommandHost("legonet", output, error, errorIsTerminal, answers);
        // Not a RootCommand: its help would name the assembly's file, and people type `legonet`.
        var root = new Command(
            "legonet",
            "Trains models that forget: any record or person can be added, corrected or forgotten, "
            + "and the model is then byte for byte the one that never saw the data.");
        root.Options.Add(new VersionOption { Action = new VersionAction(output) });
        foreach (var command in (ReadOnlySpan<Command>)
        [
            DemoCommand.Create(host),
            InitCommand.Create(host),
            CompareCommand.Create(host),
            TuneCommand.Create(host),
            CalibrateCommand.Create(host),
            TrainCommand.Create(host),
            AddCommand.Create(host),
            CorrectCommand.Create(host),
            ForgetCommand.Create(host),
            VerifyCommand.Create(host),
            AuditCommand.Create(host),
            RepairCommand.Create(host),
            ProveCommand.Create(host),
            CheckCommand.Create(host),
            ReceiptCommand.Create(host),
            LedgerCommand.Create(host),
            KeysCommand.Create(host),
            ScoreCommand.Create(host),
            EvaluateCommand.Create(host),
            ExportCommand.Create(host),
            RebuildCommand.Create(host),
            PlanCommand.Create(host),
            TaskCommand.Create(host),
            FinishCommand.Create(host),
            WorkCommand.Create(host),
            RunsCommand.Create(host),
            WorkerCommand.Create(host),
            InspectCommand.Create(host),
            EncodeCommand.Create(host),
            GenerateCommand.Create(host),
        ])
        {
            SpecFile.AnswerData(command);
            root.Subcommands.Add(command);
        }

        return host.RunAsync(root, args);
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
