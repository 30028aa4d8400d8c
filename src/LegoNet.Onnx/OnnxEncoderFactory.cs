using System.Text;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Onnx.Treatments;
using LegoNet.Pipelines;

namespace LegoNet.Onnx;

/// <summary>
/// Creates encoders of type "onnx". In a pipeline: {"type":"onnx","card":CARD}, optionally with "model":PATH where the file is not
/// where the card says, and "calibrate":{"model":PATH,"reference":SOURCE,"input":{…},"keys":N,"project":D,"batch":B,"output":NAME}, by
/// which the card is made when it does not exist yet.
/// </summary>
public sealed class OnnxEncoderFactory : IEncoderFactory
{
    /// <summary>The type's name in specs.</summary>
    public const string Type = "onnx";

    /// <summary>Default rows of the batch shape: on the CPU, where it was measured, larger ones leave the cache and are slower.</summary>
    internal const int DefaultBatch = 8;

    /// <summary>Makes "onnx" known to <see cref="EncoderRegistry"/>. Call once at start-up.</summary>
    public static void Register() => EncoderRegistry.Register(Type, new OnnxEncoderFactory());

    /// <inheritdoc/>
    public EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(settings);
        encoder.Choice("type", null, Type);
        var paths = settings.Paths ?? SourceContext.ForFile(encoder.File);
        var cardPath = paths.ResolvePath(encoder, "card");
        var modelPath = settings.ModelPath ?? paths.ResolveOptionalPath(encoder, "model");
        var calibrate = encoder.OptionalObject("calibrate");
        encoder.Finish();
        string? note = null;
        if (calibrate is not null && !File.Exists(cardPath))
        {
            note = MakeCard(calibrate, cardPath, paths, settings);
        }

        var card = CalibrationCard.Load(cardPath);
        if (card.EncoderSha256 is null || card.ReadInput() is not { } input)
        {
            throw LegoNetException.BadInput($"{cardPath}: is a card without an encoder.");
        }

        var treatment = InputTreatment.FromSpec(input);
        var created = Open(modelPath ?? card.ResolveEncoder()!, treatment, card.Batch, card.EncoderSha256, card.Output, card.Calibration, settings);
        return new EncoderSetup
        {
            Encoder = created.Encoder,
            InputKind = created.InputKind,
            Declaration = created.Declaration,
            Calibration = created.Calibration,
            ModelPath = created.ModelPath,
            Note = note ?? created.Note,
            PublicKeys = card.TakeKeys,
        };
    }

    /// <inheritdoc/>
    public EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        ArgumentNullException.ThrowIfNull(settings);
        declaration.Choice("type", null, Type);
        var digest = declaration.String("sha256");
        var treatment = InputTreatment.FromSpec(declaration.Object("input"));
        var batch = (int)declaration.Integer("batch", 1, 1024);
        var output = declaration.String("output");
        declaration.Finish();
        var path = settings.ModelPath ?? throw LegoNetException.BadInput(
            $"The model does not say where its encoder is (SHA-256 {digest}); its file must be named.",
            reason: LegoNetReason.EncoderUnknown);
        return calibration is null
            ? throw LegoNetException.Damaged($"{declaration.File}: declares an ONNX encoder but no calibration.")
            : Open(path, treatment, batch, digest, output, calibration, settings);
    }

    private static string? MakeCard(StrictJson calibrate, string cardPath, SourceContext paths, EncoderSettings settings)
    {
        var model = settings.ModelPath ?? paths.ResolvePath(calibrate, "model");
        var reference = SourceRegistry.Create(calibrate.Object("reference"), paths);
        var request = new EncoderCardRequest(
            InputTreatment.FromSpec(calibrate.Object("input")),
            (int)calibrate.Integer("batch", 1, 1024, DefaultBatch),
            (int)calibrate.Integer("keys", 0, 65_535, 256),
            calibrate.Has("project") ? (int)calibrate.Integer("project", 1, 65_535) : null,
            calibrate.OptionalString("output"),
            calibrate.OptionalString("description"));
        calibrate.Finish();
        var threads = Environment.ProcessorCount;
        return EncoderCard.Make(model, reference, request, cardPath, settings.Device, threads, settings.Progress, settings.CancellationToken).Note;
    }

    private static EncoderSetup Open(
        string path, InputTreatment treatment, int batch, string digest, string? output, CodeCalibration calibration, EncoderSettings settings)
    {
        var encoder = new OnnxEncoder(path, treatment, batch, settings.Device, digest, output);
        try
        {
            return new EncoderSetup
            {
                Encoder = new OnnxCodeEncoder(encoder, calibration, calibration.Digest),
                InputKind = treatment switch
                {
                    ImageTreatment => RecordInputKind.Image,
                    TextTreatment => RecordInputKind.Text,
                    _ => RecordInputKind.Vector,
                },
                Declaration = Encoding.UTF8.GetString(CanonicalJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("type", Type);
                    json.WriteString("sha256", digest);
                    json.WriteNumber("batch", batch);
                    json.WriteString("output", encoder.OutputName);
                    json.WritePropertyName("input");
                    json.WriteRawValue(treatment.ToJson());
                    json.WriteEndObject();
                })),
                Calibration = calibration,
                ModelPath = path,
                Note = encoder.WhyNotCuda,
            };
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
