namespace LegoNet.Cli.Init;

/// <summary>What a column is for.</summary>
internal enum ColumnPurpose
{
    /// <summary>An input of any kind.</summary>
    Feature,

    /// <summary>Free text, whatever its values look like.</summary>
    Text,

    /// <summary>What is to be predicted.</summary>
    Label,

    /// <summary>Nothing, or a role that only scenarios without a spec have (users and items, sentence pairs, questions).</summary>
    Ignore,
}
