using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;

namespace LegoNet.Onnx;

/// <summary>Makes the card of an encoder: calibration and public keys from reference records that nobody will ask to forget.</summary>
public static class EncoderCard
{
    /// <summary>Encodes reference records and writes a card.</summary>
    /// <param name="encoderPath">The ONNX file.</param>
    /// <param name="reference">Public reference records; labels are not read.</param>
    /// <param name="request">What the card should have.</param>
    /// <param name="cardPath">The card's file; its arrays go beside it.</param>
    /// <param name="device">"auto", "cpu", "cuda" or "cuda:N".</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The encoder or a reference record cannot be used, or the card cannot be written.</exception>
    public static EncoderCardResult Make(
        string encoderPath,
        IRecordSource reference,
        EncoderCardRequest request,
        string cardPath,
        string device = "auto",
        int threads = 1,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Make(encoderPath, reference, request, Prepare(cardPath, encoderPath, reference, force: false), device, threads, progress, cancellationToken);
    }

    /// <summary>The files of a card, once it is sure that they can be written and nothing is lost; their folder is made if missing.</summary>
    internal static CardFiles Prepare(string cardPath, string encoderPath, IRecordSource reference, bool force)
    {
        ModelGround.Avoid(cardPath);
        PhysicalFileLayer.Instance.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(cardPath))!);
        return CardFiles.Prepare(cardPath, force, [encoderPath, .. reference.Files]);
    }

    /// <summary>Encodes reference records and writes a card where it was prepared.</summary>
    internal static EncoderCardResult Make(
        string encoderPath,
        IRecordSource reference,
        EncoderCardRequest request,
        CardFiles files,
        string device,
        int threads,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (batch, note) = SafeBatch(encoderPath, reference, request, device, cancellationToken);
        using var encoder = new OnnxEncoder(encoderPath, request.Treatment, batch, device, null, request.Output);
        var builder = new CalibrationBuilder(encoder.Dimension, request.Keys, request.ProjectTo);
        var encoded = RecordEncoder.Map(
            reference,
            batch,
            records =>
            {
                var encodings = new float[records.Length * encoder.Dimension];
                encoder.Encode(records, encodings);
                return encodings;
            },
            threads,
            null,
            cancellationToken);
        foreach (var (records, encodings) in encoded)
        {
            for (var i = 0; i < records.Length; i++)
            {
                builder.Add(encodings.AsSpan(i * encoder.Dimension, encoder.Dimension));
            }

            progress?.Report(new LegoNetProgress("encoding references", builder.Count, reference.Count));
        }

        var result = builder.Build();
        var folder = Path.GetDirectoryName(files.Card.Path)!;
        var card = new CalibrationCard(result.Calibration, result.Keys)
        {
            EncoderFile = Path.GetRelativePath(folder, RealPath.Of(encoderPath)).Replace(Path.DirectorySeparatorChar, '/'),
            EncoderSha256 = encoder.ModelDigest,
            Output = encoder.OutputName,
            Batch = batch,
            InputJson = request.Treatment.ToJson(),
            ReferenceDescription = request.Description ?? Path.GetFileName(reference.Name),
            ReferenceCount = result.ReferenceCount,
            ReferenceSha256 = result.ReferenceSha256,
        };
        card.Save(files);
        return new EncoderCardResult(CalibrationCard.Load(files.Card.Path), note ?? encoder.WhyNotCuda);
    }

    // A code must not depend on a record's neighbours in a batch; an encoder for which it would is run one record at a time.
    private static (int Batch, string? Note) SafeBatch(
        string encoderPath, IRecordSource reference, EncoderCardRequest request, string device, CancellationToken cancellationToken)
    {
        var sample = reference.Read(cancellationToken).Take(request.Batch).ToArray();
        if (sample.Length == 0)
        {
            throw LegoNetException.BadInput($"{reference.Name}: has no records.");
        }

        if (request.Batch == 1)
        {
            return (1, null);
        }

        using var encoder = new OnnxEncoder(encoderPath, request.Treatment, request.Batch, device, null, request.Output);
        return encoder.CheckIndependence(sample)
            ? (request.Batch, null)
            : (1, $"note: in batches of {request.Batch} this encoder's output depends on a record's neighbours, so it runs with batches of one.");
    }
}
