namespace LegoNet.MLNet.Tests.Support;

/// <summary>A labelled text and whose it is.</summary>
internal sealed class NamedText
{
    public string Subject { get; set; } = "";

    public string Id { get; set; } = "";

    public string Text { get; set; } = "";

    public string Label { get; set; } = "";
}
