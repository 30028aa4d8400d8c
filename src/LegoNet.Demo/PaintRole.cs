namespace LegoNet.Demo;

/// <summary>Which of a picture's colours a part takes.</summary>
internal enum PaintRole
{
    /// <summary>The main colour.</summary>
    Body,

    /// <summary>The second colour.</summary>
    Accent,

    /// <summary>The third colour, for small parts on top of others.</summary>
    Detail,

    /// <summary>The line colour.</summary>
    Ink,
}
