using System.CommandLine;
using System.CommandLine.Parsing;
using LegoNet.Data;
using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Cli;

/// <summary>Arguments and options that several commands share.</summary>
internal static class Arguments
{
    public static Argument<string> Model() => new("MODEL") { Description = "The model directory." };

    public static Argument<string> Spec() => new("SPEC") { Description = "A spec, e.g. pipelines/cifar10.json." };

    public static Option<string> Out(string what) => new("--out") { Description = what, Required = true };

    public static Option<string> Data(bool required = true) => new("--data")
    {
        Description = "The records: a folder or archive of images, a .csv, .tsv, .npy or .safetensors file, "
            + "or a description such as pipelines/cifar10.json#test.",
        Required = required,
    };

    public static Option<string?> DataSpec() => new("--spec")
    {
        Description = "A spec as whose source --data is laid out: separator, columns of label, subject, id and texts (default: columns of these names).",
    };

    public static Option<string?> Encoder() => new("--encoder")
    {
        Description = "The encoder's ONNX file, where it is not the one the model was trained with or the copy inside it.",
    };

    public static Option<string> Device()
    {
        var option = new Option<string>("--device")
        {
            Description = "auto, cpu, cuda or cuda:N. auto takes CUDA when it works.",
            DefaultValueFactory = _ => "auto",
        };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<string>();
            if (!EncoderDevice.TryParse(value, out _))
            {
                result.AddError($"--device must be auto, cpu, cuda or cuda:N, not \"{value}\".");
            }
        });
        return option;
    }

    public static Option<string?> Key() => new("--key")
    {
        Description = "The tag key's file (default: MODEL.key). Models made with one key file can be compared byte for byte.",
    };

    public static Option<string?> SigningKey() => new("--signing-key")
    {
        Description = "The private key's file for signatures (default: MODEL.signing.pem, created on first use).",
    };

    public static Option<string?> PublicKey() => new("--public-key")
    {
        Description = "The public keys' file under which signatures are checked (default: MODEL.signing.pub.pem).",
    };

    public static Option<bool> Shared() => new("--shared")
    {
        Description = "Let others read the model as the umask says (default: its owner only). Key files stay the owner's.",
    };

    public static Option<int> Threads()
    {
        var option = new Option<int>("--threads")
        {
            Description = "Threads (default: all processors). No result depends on it.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        option.Validators.Add(RequireNumber(1, 1024));
        return option;
    }

    /// <summary>A validator of an option that takes a whole number.</summary>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most; <see cref="int.MaxValue"/> for no bound that is named.</param>
    /// <param name="orNone">Whether 0 is allowed too.</param>
    public static Action<OptionResult> RequireNumber(int least, int most = int.MaxValue, bool orNone = false) => result =>
    {
        // Read as text: asking for the number throws where it is none.
        if (result.Tokens.Count > 0
            && !(int.TryParse(result.Tokens[0].Value, out var number) && ((number >= least && number <= most) || (orNone && number == 0))))
        {
            var bound = most < int.MaxValue ? $" to {most}" : "";
            result.AddError($"{result.Option.Name} must be {(orNone ? "0 or " : "")}a whole number from {least}{bound}.");
        }
    };

    public static ModelOptions Options(
        ParseResult parsed,
        Option<string?> key,
        Option<int>? threads,
        Option<string?>? signingKey = null,
        Option<string?>? publicKey = null,
        CommandContext? context = null)
        => new()
        {
            Logger = context is null ? NullLogger.Instance : new NoteLogger(context),
            TagKeyPath = parsed.GetValue(key),
            SigningKeyPath = signingKey is null ? null : parsed.GetValue(signingKey),
            PublicKeyPath = publicKey is null ? null : parsed.GetValue(publicKey),
            Threads = threads is null ? Environment.ProcessorCount : parsed.GetValue(threads),
        };

    /// <summary>Says how many of the source's records were passed over, and why.</summary>
    public static void NotePassedOver(long records, string why, CommandContext context)
        => context.Note(records > 0 ? $"note: {Plural.Of(records, "record")} of the source {Plural.Form(records, "was", "were")} passed over: {why}." : null);

    /// <summary>Says how many numbers lay outside their declared range.</summary>
    public static void NoteClamped(ICodeEncoder encoder, CommandContext context)
        => context.Note(encoder is IClampingEncoder { Clamped: > 0 and var values }
            ? $"note: {Plural.Of(values, "value")} of the source lay outside the declared ranges and {Plural.Form(values, "was", "were")} clamped to them."
            : null);

    /// <summary>Opens a model's encoder and a source whose rows suit it, and passes on what both have to say.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">--data.</param>
    /// <param name="spec">--spec: how the data is laid out; null to go by the columns' names.</param>
    /// <param name="encoderPath">--encoder.</param>
    /// <param name="device">--device.</param>
    /// <param name="context">Notes.</param>
    /// <param name="needsLabels">Whether a table that is laid out as a spec says must have the label's column.</param>
    public static (EncoderSetup Encoder, IRecordSource Source) Open(
        LegoNetModel model, string data, string? spec, string? encoderPath, string device, CommandContext context, bool needsLabels = true)
    {
        var encoder = EncoderRegistry.Open(model, new EncoderSettings { ModelPath = encoderPath, Device = device });
        context.Note(encoder.Note);
        try
        {
            if (spec is not null)
            {
                return (encoder, SpecFile.Load(spec).OpenLike(data, encoder.InputKind, needsLabels));
            }

            NoteColumns(data, context);
            return (encoder, SourcePath.Infer(data, encoder.InputKind));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    // Without a column of that name a table has no labels, which is well only where none are needed.
    private static void NoteColumns(string data, CommandContext context)
    {
        if (Path.GetExtension(SourceFile.FormatName(data)) is not (".csv" or ".tsv" or ".tab") || !File.Exists(data))
        {
            return;
        }

        using var table = CsvTable.Open(data, CsvOptions.ForPath(data));
        if (!table.Columns.Contains("label", StringComparer.Ordinal))
        {
            context.Note(
                $"note: {data} has no column \"label\", so its rows have no labels; --spec SPEC.json reads it as it reads that spec's source.");
        }
    }

    public static void NoteIdentity(IRecordSource source, CommandContext context)
    {
        if (source.IdsArePositions)
        {
            context.Note(
                $"note: {source.Name} has no ids, so records are named by file name and row number; "
                + "keep the file's name and order, or add an id column.");
        }
    }
}
