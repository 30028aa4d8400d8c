using LegoNet.Data;
using LegoNet.Encoders;

namespace LegoNet.MLNet.Encoders;

/// <summary>Encodes rows, and fails as a column's reader does.</summary>
internal static class RowEncoder
{
    /// <summary>Encodes a batch.</summary>
    /// <param name="encoder">The encoder, or a cache in front of it.</param>
    /// <param name="rows">The rows; images may stand as paths. Their origins are places (<see cref="EncoderInput.Place"/>).</param>
    /// <param name="codes">Receives int8 codes, [rows, d].</param>
    /// <exception cref="InvalidOperationException">A row cannot be encoded; the message names its position and column.</exception>
    /// <exception cref="LegoNetException">The cache is damaged.</exception>
    public static void Encode(ICodeEncoder encoder, SourceRecord[] rows, Span<sbyte> codes)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Input is ImagePath path)
            {
                rows[i] = rows[i] with { Input = path.Read(rows[i].Origin) };
            }
        }

        try
        {
            encoder.Encode(rows, codes);
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.BadInput)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
