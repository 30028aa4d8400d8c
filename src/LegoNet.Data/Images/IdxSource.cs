using System.Buffers.Binary;
using System.Globalization;
using LegoNet.Data.Files;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Images;

/// <summary>Grey images and their labels in IDX files, the format of MNIST; each file may be gzipped.</summary>
/// <remarks>The id of a record is "file:position", with the images file's name and positions from 1.</remarks>
internal sealed class IdxSource(string imagesPath, string? labelsPath, IReadOnlyList<string>? labelNames) : IRecordSource
{
    private const int MaxSide = 4096;

    public string Name => imagesPath;

    public IReadOnlyList<string> Files => labelsPath is null ? [imagesPath] : [imagesPath, labelsPath];

    public long? Count
    {
        get
        {
            try
            {
                using var images = SourceFile.Open(imagesPath);
                return ReadHeader(images, imagesPath, 3)[0];
            }
            catch (LegoNetException)
            {
                // Reading will say what is wrong.
                return null;
            }
        }
    }

    public bool IdsArePositions => true;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        using var images = SourceFile.Open(imagesPath);
        using var labels = labelsPath is null ? null : SourceFile.Open(labelsPath);
        var shape = ReadHeader(images, imagesPath, 3);
        var (count, height, width) = (shape[0], (int)shape[1], (int)shape[2]);
        if (labels is not null && ReadHeader(labels, labelsPath!, 1)[0] is var labelCount && labelCount != count)
        {
            throw LegoNetException.BadInput($"{labelsPath}: has {labelCount} labels where {imagesPath} has {count} images.");
        }

        var name = Path.GetFileName(imagesPath);
        for (long i = 1; i <= count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = string.Create(CultureInfo.InvariantCulture, $"{imagesPath}: image {i}");
            var pixels = new byte[height * width];
            ReadExactly(images, pixels, place);
            var id = RecordColumnReader.PositionId(name, i, place);
            yield return new SourceRecord(id, id, labels is null ? null : ReadLabel(labels, i), new PixelInput(pixels, height, width, 1), place);
        }

        CheckEnd(images, imagesPath);
        if (labels is not null)
        {
            CheckEnd(labels, labelsPath!);
        }
    }

    private static long[] ReadHeader(Stream stream, string path, int dimensions)
    {
        Span<byte> header = stackalloc byte[4 + (4 * dimensions)];
        ReadExactly(stream, header, $"{path}: its header");
        if (header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != dimensions)
        {
            throw LegoNetException.BadInput($"{path}: not an IDX file of unsigned bytes in {Plural.Of(dimensions, "dimension")}.");
        }

        var shape = new long[dimensions];
        long size = header.Length;
        long elements = 1;
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * i))..]);
            if (shape[i] == 0 || (i > 0 && shape[i] > MaxSide))
            {
                throw LegoNetException.BadInput(
                    $"{path}: its header states a size of {shape[i]} in dimension {i + 1}{(i == 0 ? "" : $", where 1 to {MaxSide} is read")}.");
            }

            elements *= shape[i];
        }

        // At most 2^32 · 2^12 · 2^12 elements, so no overflow. A gzipped file shows its length only at the end, where it is checked too.
        size += elements;
        if (stream is FileStream file && file.Length != size)
        {
            throw LegoNetException.BadInput($"{path}: has {file.Length} bytes where its header describes {size}.");
        }

        return shape;
    }

    private static void ReadExactly(Stream stream, Span<byte> bytes, string place)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(place, e);
        }
    }

    private static void CheckEnd(Stream stream, string path)
    {
        try
        {
            if (stream.ReadByte() >= 0)
            {
                throw LegoNetException.BadInput($"{path}: goes on after the last item that its header describes.");
            }
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }

    private string ReadLabel(Stream labels, long position)
    {
        Span<byte> label = stackalloc byte[1];
        ReadExactly(labels, label, $"{labelsPath}: label {position}");
        if (labelNames is null)
        {
            return label[0].ToString(CultureInfo.InvariantCulture);
        }

        return label[0] < labelNames.Count
            ? labelNames[label[0]]
            : throw LegoNetException.BadInput($"{labelsPath}: label {position} is {label[0]}, and \"labelNames\" has {labelNames.Count} names.");
    }
}
