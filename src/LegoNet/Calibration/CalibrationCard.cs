using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Routing;

namespace LegoNet.Calibration;

/// <summary>
/// A calibration as a file that people can read and pass on: a JSON card, and beside it a safetensors file with the arrays. Both are
/// public; no record that can be forgotten has any part in them.
/// </summary>
/// <remarks>
/// The arrays are <c>mean</c> F64 [D], <c>sigma</c> F64 [d], <c>projection</c> F32 [d, D] (optional) and <c>keys</c> I8 [N, d]
/// (optional). The card names their file and its SHA-256.
/// </remarks>
public sealed class CalibrationCard
{
    private const string Format = "legonet-calibration-card";
    private const int Version = 1;
    private const int MaxDimension = 1 << 20;
    private const int MaxBatch = 1 << 16;

    private readonly string _file = "card";
    private readonly byte[] _arrays;

    /// <summary>Creates a card.</summary>
    /// <param name="calibration">Mean, scale and projection.</param>
    /// <param name="keys">Public keys: codes [N, d], row-major; may be empty.</param>
    /// <exception cref="LegoNetException">The keys do not have the calibration's dimension.</exception>
    public CalibrationCard(CodeCalibration calibration, ReadOnlyMemory<sbyte> keys)
    {
        if (keys.Length % calibration.CodeDimension != 0)
        {
            throw LegoNetException.BadInput($"{keys.Length} key entries do not make keys of dimension {calibration.CodeDimension}.");
        }

        Calibration = calibration;
        Keys = keys;
        _arrays = WriteArrays();
        ArraysSha256 = Convert.ToHexStringLower(SHA256.HashData(_arrays));
    }

    private CalibrationCard(CodeCalibration calibration, ReadOnlyMemory<sbyte> keys, byte[] arrays, string file)
    {
        Calibration = calibration;
        Keys = keys;
        _arrays = arrays;
        _file = file;
        ArraysSha256 = Convert.ToHexStringLower(SHA256.HashData(arrays));
    }

    /// <summary>Mean, scale and projection.</summary>
    public CodeCalibration Calibration { get; }

    /// <summary>Public keys: codes [N, d], row-major; may be empty.</summary>
    public ReadOnlyMemory<sbyte> Keys { get; }

    /// <summary>The number N of public keys.</summary>
    public int KeyCount => Keys.Length / Calibration.CodeDimension;

    /// <summary>The first public keys.</summary>
    /// <param name="count">How many, n.</param>
    /// <exception cref="LegoNetException">The card has fewer.</exception>
    public KeySet TakeKeys(int count)
        => count <= KeyCount
            ? KeySet.FromCodes(Keys.Span[..(count * Calibration.CodeDimension)], Calibration.CodeDimension)
            : throw LegoNetException.BadInput(
                $"{_file}: has {KeyCount} public keys where {count} adapters need one each; make a card with at least {count} keys.",
                reason: LegoNetReason.TooFewKeys);

    /// <summary>SHA-256 of the arrays' file, in lower-case hex: what of the card learning depends on, besides the encoder.</summary>
    public string ArraysSha256 { get; }

    /// <summary>The encoder's file, relative to the card with forward slashes; null for encodings computed elsewhere.</summary>
    public string? EncoderFile { get; init; }

    /// <summary>SHA-256 of the encoder's file, in lower-case hex; null without an encoder.</summary>
    public string? EncoderSha256 { get; init; }

    /// <summary>The name of the encoder's output that is the encoding; null for its only one.</summary>
    public string? Output { get; init; }

    /// <summary>The fixed number of records in one run of the encoder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is not from 1 to 65,536.</exception>
    public int Batch
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBatch, nameof(Batch));
            field = value;
        }
    } = 1;

    /// <summary>How inputs are treated before the encoder, as JSON; its members are the encoder's business. Null for none.</summary>
    public string? InputJson { get; init; }

    /// <summary>What the reference records were, in words.</summary>
    public string ReferenceDescription { get; init; } = "";

    /// <summary>How many reference records there were.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is negative.</exception>
    public int ReferenceCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(ReferenceCount));
            field = value;
        }
    }

    /// <summary>Digest of the reference encodings (<see cref="CalibrationResult.ReferenceSha256"/>); null when not on record.</summary>
    public string? ReferenceSha256 { get; init; }

    /// <summary>How the card was made, in words.</summary>
    public string? Notes { get; init; }

    /// <summary>Reads a card and its arrays, and checks digest, types and shapes.</summary>
    /// <param name="path">The card, a JSON file.</param>
    /// <exception cref="LegoNetException">A file is missing or malformed, or the two disagree.</exception>
    public static CalibrationCard Load(string path)
    {
        var spec = StrictJson.Load(path);
        _ = spec.Choice("format", null, Format);
        _ = spec.Integer("version", Version, Version);
        var encoder = spec.OptionalObject("encoder");
        var encoderFile = encoder?.String("file");
        var encoderDigest = encoder?.Digest("sha256");
        var output = encoder?.OptionalString("output");
        encoder?.Finish();
        var input = spec.OptionalObject("input")?.ToJson();
        var dimension = (int)spec.Integer("encodingDimension", 1, MaxDimension);
        var codeDimension = (int)spec.Integer("codeDimension", 1, MaxDimension);
        var batch = (int)spec.Integer("batch", 1, MaxBatch, 1);
        var reference = spec.OptionalObject("reference");
        var description = reference?.OptionalString("description") ?? "";
        var count = (int)(reference?.Integer("count", 0, int.MaxValue, 0) ?? 0);
        var referenceDigest = reference?.OptionalDigest("sha256");
        reference?.Finish();
        var arrays = spec.Object("arrays");
        var arraysFile = arrays.String("file");
        var arraysDigest = arrays.Digest("sha256");
        arrays.Finish();
        var notes = spec.OptionalString("notes");
        spec.Finish();

        if (arraysFile.Length == 0 || arraysFile is "." or ".." || arraysFile.AsSpan().ContainsAny("/\\:\0"))
        {
            throw arrays.Error("file", "must be the name of a file beside the card");
        }

        var arraysPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, arraysFile);
        var bytes = ReadAll(arraysPath, $"{path}: arrays.file");
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != arraysDigest)
        {
            throw arrays.Error("sha256", $"is not the digest of {arraysFile}: one of the two files was altered");
        }

        var (calibration, keys) = ParseArrays(bytes, arraysPath, spec, dimension, codeDimension);
        return new CalibrationCard(calibration, keys, bytes, path)
        {
            EncoderFile = encoderFile,
            EncoderSha256 = encoderDigest,
            Output = output,
            Batch = batch,
            InputJson = input,
            ReferenceDescription = description,
            ReferenceCount = count,
            ReferenceSha256 = referenceDigest,
            Notes = notes,
        };
    }

    private static (CodeCalibration Calibration, sbyte[] Keys) ParseArrays(byte[] bytes, string path, StrictJson spec, int dimension, int codeDimension)
    {
        var tensors = SafetensorsFile.Parse(bytes, path);
        var mean = tensors.Get<double>("mean", dimension);
        var sigma = tensors.Get<double>("sigma", codeDimension);
        var projection = tensors.Header.TryGet("projection", out _) ? tensors.Get<float>("projection", codeDimension, dimension) : [];
        var keys = tensors.Header.TryGet("keys", out _) ? tensors.Get<sbyte>("keys", -1, codeDimension) : [];
        foreach (var tensor in tensors.Header.Tensors)
        {
            if (tensor.Name is not ("mean" or "sigma" or "projection" or "keys"))
            {
                throw LegoNetException.BadInput($"{path}: array \"{tensor.Name}\" is not known in a card.");
            }
        }

        if (projection.IsEmpty && dimension != codeDimension)
        {
            throw spec.Error("codeDimension", "differs from encodingDimension, but there is no projection");
        }

        if (keys.Contains(sbyte.MinValue))
        {
            throw LegoNetException.BadInput($"{path}: array \"keys\" holds −128, which is no code.");
        }

        try
        {
            return (new CodeCalibration(mean, sigma, projection), keys.ToArray());
        }
        catch (LegoNetException e)
        {
            throw LegoNetException.BadInput($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes the card, and the arrays beside it under the card's name with the ending <c>.safetensors</c>.</summary>
    /// <param name="path">The card's file; must not end in <c>.safetensors</c>.</param>
    /// <exception cref="LegoNetException">
    /// The path cannot be written, lies inside a model or belongs to one, or is a file of another kind than a card.
    /// </exception>
    public void Save(string path) => Save(CardFiles.Prepare(path));

    /// <summary>Writes the card where it was prepared.</summary>
    internal void Save(CardFiles files)
    {
        files.Arrays.Write(_arrays);
        files.Card.Write(Encoding.UTF8.GetBytes(ToJson(Path.GetFileName(files.Arrays.Path))));
    }

    /// <summary>The object of <see cref="InputJson"/>, to be read strictly; null when there is none. A new reader on every call.</summary>
    /// <exception cref="LegoNetException">The JSON is malformed.</exception>
    internal StrictJson? ReadInput() => InputJson is null ? null : StrictJson.Parse($"{{\"input\":{InputJson}}}", _file).Object("input");

    /// <summary>Finds the encoder's file beside the card and checks its digest.</summary>
    /// <returns>The encoder's path; null for a card without encoder.</returns>
    /// <exception cref="LegoNetException">The file is missing or not the one that the card was made with.</exception>
    internal string? ResolveEncoder()
    {
        if (EncoderFile is null)
        {
            return null;
        }

        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file))!, EncoderFile));
        try
        {
            return Digests.OfFile(path) == EncoderSha256
                ? path
                : throw LegoNetException.BadInput($"{_file}: encoder.sha256 is not the digest of {path}: the card was made with another encoder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{_file}: encoder.file: {path} cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    private static byte[] ReadAll(string path, string place)
    {
        try
        {
            return PhysicalFileLayer.Instance.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{place}: {path} cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    private byte[] WriteArrays()
    {
        var writer = new SafetensorsWriter();
        var d = Calibration.CodeDimension;
        writer.Add("mean", Calibration.Mean, Calibration.EncodingDimension);
        writer.Add("sigma", Calibration.Sigma, d);
        if (Calibration.HasProjection)
        {
            writer.Add("projection", Calibration.Projection, d, Calibration.EncodingDimension);
        }

        if (KeyCount > 0)
        {
            writer.Add("keys", Keys.Span, KeyCount, d);
        }

        return writer.ToArray();
    }

    private string ToJson(string arraysFile)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            if (EncoderFile is not null)
            {
                json.WriteStartObject("encoder");
                json.WriteString("file", EncoderFile);
                json.WriteString("sha256", EncoderSha256);
                if (Output is not null)
                {
                    json.WriteString("output", Output);
                }

                json.WriteEndObject();
            }

            if (InputJson is not null)
            {
                // Through a document, so that it is indented like the rest and known to be JSON.
                using var input = JsonDocument.Parse(InputJson);
                json.WritePropertyName("input");
                input.RootElement.WriteTo(json);
            }

            json.WriteNumber("encodingDimension", Calibration.EncodingDimension);
            json.WriteNumber("codeDimension", Calibration.CodeDimension);
            json.WriteNumber("batch", Batch);
            json.WriteStartObject("reference");
            json.WriteString("description", ReferenceDescription);
            json.WriteNumber("count", ReferenceCount);
            if (ReferenceSha256 is not null)
            {
                json.WriteString("sha256", ReferenceSha256);
            }

            json.WriteEndObject();
            json.WriteStartObject("arrays");
            json.WriteString("file", arraysFile);
            json.WriteString("sha256", ArraysSha256);
            json.WriteEndObject();
            if (Notes is not null)
            {
                json.WriteString("notes", Notes);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
