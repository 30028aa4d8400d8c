namespace LegoNet.Cli.Init;

/// <summary>What the fields of a column are.</summary>
internal enum ColumnFormat
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A time or a list, for which no encoder is built in.</summary>
    Other,
}
