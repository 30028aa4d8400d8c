using LegoNet.Data.Formats;

namespace LegoNet.Routing;

/// <summary>The adapters' keys as a file of the model: one array "keys", I16 [n, d].</summary>
internal static class KeyFile
{
    public static byte[] Write(KeySet keys)
    {
        var writer = new SafetensorsWriter();
        writer.Add("keys", keys.Values, keys.Count, keys.Dimension);
        return writer.ToArray();
    }

    public static KeySet Parse(ReadOnlyMemory<byte> bytes, string file, int adapters, int dimension)
        => KeySet.FromValues(SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged).Get<short>("keys", adapters, dimension), dimension);
}
