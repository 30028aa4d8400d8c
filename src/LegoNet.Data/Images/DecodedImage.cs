namespace LegoNet.Data.Images;

/// <summary>A decoded image.</summary>
/// <param name="Pixels">RGB intensities, row-major [<paramref name="Height"/>, <paramref name="Width"/>, 3].</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal readonly record struct DecodedImage(byte[] Pixels, int Height, int Width);
