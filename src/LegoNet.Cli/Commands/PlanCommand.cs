using System.CommandLine;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet plan train SPEC --out MODEL --tasks N --run DIR</summary>
internal static class PlanCommand
{
    public static Command Create(CommandHost host) => new("plan", "Divide a training, a forget or a scoring into tasks, for several processes or machines.")
    {
        Train(host),
        Forget(host),
        Score(host),
    };

    private static Command Train(CommandHost host)
    {
        var spec = Arguments.Spec();
        var output = Arguments.Out("The model directory that the run is to make.");
        var copy = new Option<bool>("--copy-encoder") { Description = "Put a copy of the encoder into the model directory." };
        var oneProcessor = new Option<bool>("--one-processor")
        {
            Description = "Refuse to encode on another kind of processor than this machine's (default: each record names what made its code).",
        };
        var (run, tasks, memory) = (RunArguments.Run(), RunArguments.Tasks(), RunArguments.Memory());
        var (encoder, device) = (Arguments.Encoder(), Arguments.Device());
        var (key, signingKey, shared, force) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Shared(), Outputs.Force());
        var command = new Command("train", "Plan the training of a model: what `train` does, in tasks. The model is the same, byte for byte.")
        {
            spec, output, run, tasks, memory, copy, oneProcessor, encoder, device, key, signingKey, shared, force,
        };
        var files = new SchedulerFiles(command, force);
        host.Bind(command, (parsed, context) =>
        {
            var pipeline = SpecFile.Load(parsed.GetValue(spec)!);
            var source = pipeline.OpenSource();
            Arguments.NoteIdentity(source, context);
            var options = RunArguments.Plan(parsed, tasks, memory);
            options.TagKeyPath = parsed.GetValue(key);
            options.SigningKeyPath = parsed.GetValue(signingKey);
            options.Shared = parsed.GetValue(shared);
            options.Device = parsed.GetValue(device)!;
            options.EncoderPath = parsed.GetValue(encoder);
            options.CopyEncoder = parsed.GetValue(copy);
            options.OneProcessor = parsed.GetValue(oneProcessor);
            using var setup = pipeline.CreateEncoder(options.Device, options.EncoderPath, context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            var (directory, model) = (parsed.GetValue(run)!, parsed.GetValue(output)!);
            string?[] inputs = [.. Outputs.Spec(pipeline, source), setup.ModelPath, model, options.TagKeyPath, options.SigningKeyPath];
            return files.Plan(parsed, context, directory, options.Memory, inputs, setup.Encoder.Fingerprint, () => TaskRuns.PlanTraining(
                directory, pipeline, setup, model, options, context.Progress, context.CancellationToken));
        });
        return command;
    }

    private static Command Score(CommandHost host)
    {
        var (model, data, layout) = (Arguments.Model(), Arguments.Data(), Arguments.DataSpec());
        var output = Arguments.Out("The CSV file that the run is to write: subject, id, class, score and probability per record, in the source's order.");
        var (run, tasks) = (RunArguments.Run(), RunArguments.Tasks());
        var (encoder, device, force) = (Arguments.Encoder(), Arguments.Device(), Outputs.Force());
        var command = new Command("score", "Plan the scoring of many records: what `score` does, in tasks. The file is the same, byte for byte.")
        {
            model, data, layout, output, run, tasks, force, encoder, device,
        };
        var files = new SchedulerFiles(command, force);
        host.Bind(command, (parsed, context) =>
        {
            var options = new ScorePlanOptions
            {
                Tasks = parsed.GetValue(tasks),
                LayoutPath = parsed.GetValue(layout),
                Device = parsed.GetValue(device)!,
                EncoderPath = parsed.GetValue(encoder),
                Force = parsed.GetValue(force),
            };
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, new ModelOptions { Logger = new NoteLogger(context) });
            var (directory, path, scores) = (parsed.GetValue(run)!, parsed.GetValue(data)!, parsed.GetValue(output)!);
            var (setup, source) = Arguments.Open(opened, path, options.LayoutPath, options.EncoderPath, options.Device, context, needsLabels: false);
            using (setup)
            {
                string?[] inputs = [.. Outputs.Data(path, source), options.LayoutPath, setup.ModelPath, scores];
                return files.Plan(parsed, context, directory, new PlanOptions().Memory, inputs, setup.Encoder.Fingerprint, () => TaskRuns.PlanScoring(
                    directory, opened, setup, path, scores, options, context.Progress, context.CancellationToken));
            }
        });
        return command;
    }

    private static Command Forget(CommandHost host)
    {
        var model = Arguments.Model();
        var request = new ForgetRequest();
        var (run, tasks, memory) = (RunArguments.Run(), RunArguments.Tasks(), RunArguments.Memory());
        var (key, signingKey, shred, dropCache, force) = (Arguments.Key(), Arguments.SigningKey(), ForgetCommand.Shred(), RunCache.Drop(), Outputs.Force());
        var command = new Command("forget", "Plan a forget: what `forget` does, in tasks. The run knows whom to forget by keyed tags only.")
        {
            model, run, tasks, memory, shred, dropCache, key, signingKey, force,
        };
        request.AddTo(command);
        var files = new SchedulerFiles(command, force);
        host.Bind(command, (parsed, context) =>
        {
            var options = RunArguments.Plan(parsed, tasks, memory);
            options.TagKeyPath = parsed.GetValue(key);
            options.SigningKeyPath = parsed.GetValue(signingKey);
            var directory = parsed.GetValue(run)!;
            string?[] inputs = [request.File(parsed), options.TagKeyPath, options.SigningKeyPath];
            return files.Plan(parsed, context, directory, options.Memory, inputs, null, () => TaskRuns.PlanForget(
                directory,
                parsed.GetValue(model)!,
                request.Targets(parsed),
                request.IgnoresUnknown(parsed),
                options,
                request.File(parsed),
                parsed.GetValue(shred),
                parsed.GetValue(dropCache)));
        });
        return command;
    }
}
