namespace LegoNet.Data;

/// <summary>What an encoder reads of one record. Exactly one shape per source type.</summary>
public abstract record RecordInput;

/// <summary>An encoded image file (JPEG or PNG), undecoded.</summary>
/// <param name="Bytes">The file's bytes.</param>
public sealed record ImageFileInput(ReadOnlyMemory<byte> Bytes) : RecordInput;

/// <summary>A decoded image.</summary>
/// <param name="Pixels">Intensities 0–255, row-major [<paramref name="Height"/>, <paramref name="Width"/>, <paramref name="Channels"/>].</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels per row.</param>
/// <param name="Channels">1 (grey) or 3 (RGB).</param>
public sealed record PixelInput(ReadOnlyMemory<byte> Pixels, int Height, int Width, int Channels) : RecordInput;

/// <summary>A text.</summary>
/// <param name="Text">The text, already decoded to UTF-16.</param>
public sealed record TextInput(string Text) : RecordInput;

/// <summary>One row of a table.</summary>
/// <param name="Columns">Column names, shared by all rows of a source.</param>
/// <param name="Fields">The row's fields, trimmed, one per column.</param>
public sealed record TableRowInput(IReadOnlyList<string> Columns, IReadOnlyList<string> Fields) : RecordInput;

/// <summary>A vector computed elsewhere.</summary>
/// <param name="Values">The vector, [D].</param>
public sealed record VectorInput(ReadOnlyMemory<float> Values) : RecordInput;
