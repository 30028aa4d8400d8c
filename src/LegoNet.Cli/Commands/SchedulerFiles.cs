using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LegoNet.Cluster.Scripts;
using LegoNet.Files;
using LegoNet.Runs;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>The options of `plan` by which a scheduler gets its file, --slurm and --kubernetes, and the planning with them.</summary>
internal sealed partial class SchedulerFiles
{
    /// <summary>Bytes that a task may need beside its records: for the runtime, the encoder, the adapters that score.</summary>
    public const long Besides = 1L << 30;

    private const string Gpu = "cuda";

    private readonly Option<string?> _slurm = new("--slurm") { Description = "Write a shell script that submits the run to Slurm.", HelpName = "FILE" };
    private readonly Option<string?> _kubernetes = new("--kubernetes")
    {
        Description = "Write the run as Jobs of Kubernetes. Nobody has tried them yet.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _image = new("--image") { Description = "For --kubernetes: the image that has `legonet` in it.", HelpName = "IMAGE" };
    private readonly Option<string[]> _claims = new("--claim")
    {
        Description = "For --kubernetes: a volume claim, and where this machine sees what it holds. Once for each.",
        HelpName = "NAME=/PATH",
    };

    private readonly Option<int> _gpus = new("--gpus") { Description = "GPUs that the file asks for, for each task that encodes (default: none)." };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Processors that the file asks for, for each task.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _force;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command, which plans a run.</param>
    /// <param name="force">Its --force.</param>
    public SchedulerFiles(Command command, Option<bool> force)
    {
        _force = force;
        _gpus.Validators.Add(Arguments.RequireNumber(1, 64));
        _threads.Validators.Add(Arguments.RequireNumber(1, 1024));
        foreach (var option in (ReadOnlySpan<Option>)[_slurm, _kubernetes, _image, _claims, _gpus, _threads])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(_kubernetes) && !(Given(_image) && Given(_claims)))
            {
                result.AddError("--kubernetes needs --image IMAGE and --claim NAME=/PATH.");
            }

            if (!Given(_kubernetes) && (Given(_image) || Given(_claims)))
            {
                result.AddError("--image and --claim are for --kubernetes FILE.");
            }

            if (!Given(_kubernetes) && !Given(_slurm) && (Given(_gpus) || Given(_threads)))
            {
                result.AddError("--gpus and --threads are for --slurm FILE and --kubernetes FILE.");
            }
        });
        _claims.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => !ClaimAndPath().IsMatch(t.Value)) is { } bad)
            {
                result.AddError($"--claim must be a claim's name and a full path, as in models=/mnt/shared, not \"{bad.Value}\".");
            }
        });
    }

    /// <summary>Plans a run and writes the files. They are checked first: a planning that took long must not end in vain.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">The run of the command.</param>
    /// <param name="directory">The run directory.</param>
    /// <param name="memory">Bytes that a task may use for records.</param>
    /// <param name="inputs">Files that must stay: what the planning reads, keys, and the run's result.</param>
    /// <param name="encoder">What makes codes here, and so in every task; null where none does.</param>
    /// <param name="plan">Plans the run.</param>
    public CommandResult Plan(
        ParseResult parsed, CommandContext context, string directory, long memory, string?[] inputs, EncoderFingerprint? encoder, Func<ITaskRun> plan)
    {
        using var slurm = Prepare(parsed, _slurm, SlurmScript.FileKind, directory, inputs);
        using var kubernetes = Prepare(parsed, _kubernetes, KubernetesManifests.FileKind, directory, [.. inputs, slurm?.Path]);
        var (threads, gpus) = (parsed.GetValue(_threads), parsed.GetValue(_gpus));
        var forSlurm = new SlurmOptions
        {
            Command = ThisProgram.Words,
            Memory = memory + Besides,
            Threads = threads,
            EncodeResources = gpus > 0 ? $"gpu:{gpus}" : null,
        };
        var forKubernetes = kubernetes is null ? null : new KubernetesOptions
        {
            Image = parsed.GetValue(_image)!,
            Volumes = [.. parsed.GetValue(_claims)!.Select(Volume)],
            User = PosixUser.User,
            Group = PosixUser.Group,
            Memory = memory + Besides,
            Threads = threads,
            EncodeGpus = gpus,
        };
        if (slurm is not null)
        {
            SlurmScript.Check(Path.GetFullPath(directory));
        }

        if (forKubernetes is not null)
        {
            KubernetesManifests.Check(Path.GetFullPath(directory), forKubernetes);
        }

        if (gpus > 0 && encoder?.Provider != Gpu)
        {
            context.Note(encoder is null ? "note: no task of this run encodes, so none gets a GPU."
                : "note: the encoder runs on the CPU here, and so it has to in every task: the GPUs would stay idle. Plan on a machine that has one.");
        }

        var run = plan();
        try
        {
            slurm?.Write(Encoding.UTF8.GetBytes(SlurmScript.Write(run, forSlurm)));
            kubernetes?.Write(Encoding.UTF8.GetBytes(KubernetesManifests.Write(run, forKubernetes!)));
        }
        catch
        {
            TaskRuns.Purge(run.Path);
            throw;
        }

        return Show(run, slurm?.Path, kubernetes?.Path, context);
    }

    private OutputFile? Prepare(ParseResult parsed, Option<string?> option, OutputKind kind, string directory, string?[] inputs)
    {
        if (parsed.GetValue(option) is not { } path)
        {
            return null;
        }

        if (RealPath.IsSame(path, directory) || RealPath.IsInside(path, directory))
        {
            throw LegoNetException.BadInput($"{path}: lies in the run directory, which goes when the run is finished; choose another place.");
        }

        return OutputFile.Prepare(path, kind, parsed.GetValue(_force), inputs);
    }

    private static KubernetesVolume Volume(string claim)
    {
        var name = claim[..claim.IndexOf('=', StringComparison.Ordinal)];
        return new KubernetesVolume(name, claim[(name.Length + 1)..]);
    }

    private static CommandResult Show(ITaskRun run, string? slurm, string? kubernetes, CommandContext context)
    {
        var tasks = run.Stages.Sum(s => s.Count);
        var json = new JsonObject
        {
            ["run"] = run.Path,
            ["plan"] = run.Digest,
            ["tasks"] = tasks,
            ["stages"] = new JsonArray([.. run.Stages.Select(s => (JsonNode)new JsonObject
            {
                ["name"] = s.Name,
                ["first"] = s.First,
                ["count"] = s.Count,
                ["encodes"] = s.Encodes,
            })]),
            ["seconds"] = Math.Round(context.Seconds, 3),
        };
        var next = new List<string>();
        if (slurm is not null)
        {
            json["slurm"] = slurm;
            next.Add($"Now start it where sbatch is: sh {slurm}");
        }

        if (kubernetes is not null)
        {
            json["kubernetes"] = kubernetes;
            next.Add($"Now read {kubernetes}, and apply it: kubectl apply -f {kubernetes}");
        }

        if (next.Count == 0)
        {
            next.Add($"Now do them: legonet work --run {run.Path}");
        }

        return new CommandResult(
            json,
            $"""
            Planned {run.Path}: {Plural.Of(tasks, "task")} ({string.Join(", ", run.Stages.Select(s => $"{s.Name} {s.Count:N0}"))}), {context.Seconds:F1} s.
            plan {run.Digest}
            {string.Join('\n', next)}
            """);
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?=/[^:]*$")]
    private static partial Regex ClaimAndPath();
}
