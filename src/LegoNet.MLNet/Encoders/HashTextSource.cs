using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>What the saved form of HashText reads.</summary>
internal sealed class HashTextSource
{
    public const string TextColumn = "LegoNet.HashText.Text";
    public const string OptionsColumn = "LegoNet.HashText.Options";

    [ColumnName(TextColumn)]
    public string Text { get; set; } = "";

    /// <summary>The declaration as canonical JSON.</summary>
    [ColumnName(OptionsColumn)]
    public string Options { get; set; } = "";
}
