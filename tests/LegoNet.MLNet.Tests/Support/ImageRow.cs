using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>A row with an image in each form that an encoder reads.</summary>
internal sealed class ImageRow
{
    public string Subject { get; set; } = "";

    public string Id { get; set; } = "";

    public string Path { get; set; } = "";

    public byte[] File { get; set; } = [];

    [VectorType(32, 32, 3)]
    public byte[] Pixels { get; set; } = [];
}
