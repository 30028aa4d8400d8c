using System.Runtime.InteropServices;
using LegoNet.Data.Formats;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Benchmarks;

/// <summary>Codes and labels as <c>legonet encode</c> writes them, read as a stream. Record i has the subject and id "record-i".</summary>
internal sealed class CodesFile
{
    private const int BlockBytes = 1 << 20;

    private readonly long _codes;

    /// <summary>Opens a file.</summary>
    /// <exception cref="LegoNetException">It is missing, or not what <c>legonet encode</c> writes for a task with one class per record.</exception>
    public CodesFile(string path)
    {
        Path = path;
        if (!File.Exists(path))
        {
            throw LegoNetException.BadInput($"{path}: there is no such file.");
        }

        var header = SafetensorsHeader.Read(path);
        if (!header.TryGet("codes", out var codes) || !header.TryGet("labels", out var labels)
            || codes is not { Type: TensorType.I8, Shape: [> 0 and <= int.MaxValue, > 0 and <= 65_535] }
            || labels is not { Type: TensorType.I32, Shape: [_, 1] } || labels.Shape[0] != codes.Shape[0])
        {
            throw LegoNetException.BadInput($"{path}: must hold codes I8 [N, d] and labels I32 [N, 1], as `legonet encode` writes them.");
        }

        Records = (int)codes.Shape[0];
        Dimension = (int)codes.Shape[1];
        _codes = codes.Offset;
        Labels = new int[Records];
        using var file = File.OpenRead(path);
        file.Position = labels.Offset;
        file.ReadExactly(MemoryMarshal.AsBytes(Labels.AsSpan()));
        if (Labels.AsSpan().ContainsAnyExceptInRange(0, 65_534))
        {
            throw LegoNetException.BadInput($"{path}: a label is no class number from 0 to 65,534.");
        }

        Classes = Labels.Max() + 1;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of records, N.</summary>
    public int Records { get; }

    /// <summary>The codes' length, d.</summary>
    public int Dimension { get; }

    /// <summary>The class of each record, [N].</summary>
    public int[] Labels { get; }

    /// <summary>One more than the largest label.</summary>
    public int Classes { get; }

    /// <summary>The subject, and the id, of a record.</summary>
    public static string Name(int record) => $"record-{record}";

    /// <summary>Reads all records in order; they share one array for their codes.</summary>
    public IEnumerable<EncodedRecord> Read(EncoderFingerprint fingerprint)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes, FileOptions.SequentialScan) { Position = _codes };
        var code = new sbyte[Dimension];
        for (var i = 0; i < Records; i++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(code.AsSpan()));
            yield return Record(i, code, fingerprint);
        }
    }

    /// <summary>Reads some records.</summary>
    public IEnumerable<EncodedRecord> Read(IEnumerable<int> records, EncoderFingerprint fingerprint)
    {
        using var file = File.OpenRead(Path);
        foreach (var i in records)
        {
            var code = new sbyte[Dimension];
            file.Position = _codes + ((long)i * Dimension);
            file.ReadExactly(MemoryMarshal.AsBytes(code.AsSpan()));
            yield return Record(i, code, fingerprint);
        }
    }

    /// <summary>The codes of the first records, [count, d].</summary>
    public sbyte[] First(int count)
    {
        var codes = new sbyte[(long)count * Dimension];
        using var file = File.OpenRead(Path);
        file.Position = _codes;
        file.ReadExactly(MemoryMarshal.AsBytes(codes.AsSpan()));
        return codes;
    }

    private EncodedRecord Record(int i, sbyte[] code, EncoderFingerprint fingerprint)
        => new(Name(i), Name(i), Labels[i].ToString(), code, fingerprint, Name(i));
}
