namespace LegoNet.Data.Images;

/// <summary>One file of an image source.</summary>
/// <param name="Path">Its path within the folder or archive, with '/' between segments.</param>
/// <param name="Match">What the path rule read from it.</param>
/// <param name="Bytes">Its bytes.</param>
internal readonly record struct ImageFile(string Path, PathMatch Match, byte[] Bytes);
