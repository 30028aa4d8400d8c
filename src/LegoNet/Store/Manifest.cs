using LegoNet.Data.Json;
using LegoNet.Records;

namespace LegoNet.Store;

/// <summary>
/// The commit point: replacing this file replaces the model. It names every other file by digest, directly or through the trie's
/// root; its own SHA-256 is half of what the model's root digest is made of (<see cref="RootDigests"/>).
/// </summary>
internal sealed class Manifest
{
    public const string FileName = "manifest.json";
    public const string SpecFile = "spec.json";
    public const string KeysFile = "keys.safetensors";
    public const string CalibrationFile = "calibration.safetensors";
    public const int FormatVersion = 1;

    private static readonly JsonRules s_rules = JsonRules.For(LegoNetError.Damaged, "a manifest");

    // Two digests, a count, and the names of the three.
    private const int BytesPerAdapter = 180;

    public required string Spec { get; init; }

    public required string Keys { get; init; }

    public string? Calibration { get; init; }

    /// <summary>SHA-256 of a copy of the encoder under encoder/; null when the encoder stays outside.</summary>
    public string? EncoderCopy { get; init; }

    public required string AdapterExtension { get; init; }

    public required NodeRef? Records { get; init; }

    /// <summary>Name of the tag key, so that a wrong key file is noticed before it finds nothing.</summary>
    public required string TagKey { get; init; }

    /// <summary>By adapter number; null for an adapter without rows.</summary>
    public required IReadOnlyList<AdapterEntry?> Adapters { get; init; }

    public string? EncoderFile => EncoderCopy is null ? null : $"encoder/{EncoderCopy}.onnx";

    /// <summary>Every file the manifest names itself, with its digest; the trie's nodes are found from <see cref="Records"/>.</summary>
    public IEnumerable<(string File, string Digest)> Files()
    {
        yield return (SpecFile, Spec);
        yield return (KeysFile, Keys);
        if (Calibration is not null)
        {
            yield return (CalibrationFile, Calibration);
        }

        if (EncoderFile is { } encoder)
        {
            yield return (encoder, EncoderCopy!);
        }

        foreach (var adapter in Adapters)
        {
            if (adapter is not null)
            {
                yield return (adapter.AdapterFile(AdapterExtension), adapter.Adapter);
                yield return (adapter.ShardFile, adapter.Shard);
            }
        }
    }

    /// <summary>The files of one adapter, which belong to no other.</summary>
    public IEnumerable<string> FilesOf(int adapter)
        => Adapters[adapter] is { } entry ? [entry.AdapterFile(AdapterExtension), entry.ShardFile] : [];

    /// <summary>The manifest after a change of records.</summary>
    public Manifest With(NodeRef? records, IReadOnlyList<AdapterEntry?> adapters) => new()
    {
        Spec = Spec,
        Keys = Keys,
        Calibration = Calibration,
        EncoderCopy = EncoderCopy,
        AdapterExtension = AdapterExtension,
        TagKey = TagKey,
        Records = records,
        Adapters = adapters,
    };

    /// <summary>The manifest's bytes. Written at every change and as long as there are adapters, so without a detour.</summary>
    public byte[] ToJson() => CanonicalJson.WriteOrdered(json =>
    {
        json.WriteStartObject();
        json.WriteString("adapterExtension", AdapterExtension);
        json.WriteStartArray("adapters");
        foreach (var adapter in Adapters)
        {
            if (adapter is null)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartObject();
                json.WriteString("adapter", adapter.Adapter);
                json.WriteNumber("rows", adapter.Rows);
                json.WriteString("shard", adapter.Shard);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        if (Calibration is not null)
        {
            json.WriteString("calibration", Calibration);
        }

        if (EncoderCopy is not null)
        {
            json.WriteString("encoderCopy", EncoderCopy);
        }

        json.WriteNumber("format", FormatVersion);
        json.WriteString("keys", Keys);
        if (Records is not null)
        {
            json.WriteStartObject("records");
            InteriorNode.WriteRef(json, Records);
            json.WriteEndObject();
        }

        json.WriteString("spec", Spec);
        json.WriteString("tagKey", TagKey);
        json.WriteEndObject();
    }, 1024 + (BytesPerAdapter * Adapters.Count));

    public static Manifest Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        var root = StrictJson.Parse(bytes.Span, file, s_rules);
        var format = root.Integer("format", 0, int.MaxValue);
        if (format != FormatVersion)
        {
            throw LegoNetException.Damaged(
                $"{file}: has format {format}; this version reads format {FormatVersion}, so open it with the version that wrote it.");
        }

        var extension = root.String("adapterExtension");
        if (extension is not { Length: >= 2 and <= 16 } || extension[0] != '.' || !extension.AsSpan(1).ToArray().All(char.IsAsciiLetterOrDigit))
        {
            throw root.Error("adapterExtension", "is malformed");
        }

        var manifest = new Manifest
        {
            Spec = root.Digest("spec"),
            Keys = root.Digest("keys"),
            TagKey = root.String("tagKey"),
            AdapterExtension = extension,
            Calibration = root.OptionalDigest("calibration"),
            EncoderCopy = root.OptionalDigest("encoderCopy"),
            Records = root.OptionalObject("records") is { } records ? InteriorNode.ReadRef(records) : null,
            Adapters = [.. root.ObjectsAndNulls("adapters").Select(ReadAdapter)],
        };
        root.Finish();
        return manifest;
    }

    private static AdapterEntry? ReadAdapter(StrictJson? adapter, int number)
    {
        if (adapter is null)
        {
            return null;
        }

        var entry = new AdapterEntry(number, adapter.Integer("rows", 0, long.MaxValue), adapter.Digest("adapter"), adapter.Digest("shard"));
        adapter.Finish();
        return entry;
    }
}
