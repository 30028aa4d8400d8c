namespace LegoNet.Benchmarks;

/// <summary>What a measured number counts.</summary>
internal enum Unit
{
    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A share or multiple of something else.</summary>
    Ratio,

    /// <summary>Records or codes in a second.</summary>
    PerSecond,

    /// <summary>10⁹ multiply-adds in a second.</summary>
    GigaPerSecond,

    /// <summary>Bytes.</summary>
    Bytes,
}
