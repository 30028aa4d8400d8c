namespace LegoNet.Cli.Init;

/// <summary>What the fields of a column look like.</summary>
internal enum ColumnKind
{
    /// <summary>No row has a value.</summary>
    Empty,

    /// <summary>One of two words or digits that mean yes and no.</summary>
    Boolean,

    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Numbers, but in a few rows something else.</summary>
    MostlyNumbers,

    /// <summary>Numbers with a comma before their decimals.</summary>
    DecimalCommas,

    /// <summary>Dates or times.</summary>
    Date,

    /// <summary>Words that return.</summary>
    Categories,

    /// <summary>Sentences.</summary>
    Text,

    /// <summary>Mail addresses, phone numbers, or values under a name that says that they are somebody's.</summary>
    Person,

    /// <summary>Another value in every row.</summary>
    Unique,

    /// <summary>So many values that each stands in a few rows only.</summary>
    Names,
}
