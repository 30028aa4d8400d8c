namespace LegoNet.Encoders.Tabular;

/// <summary>How a number's bin is coded.</summary>
public enum BinCoding
{
    /// <summary>One code for each bin: the amplitude for the number's own, 0 for the others.</summary>
    OneHot,

    /// <summary>One code for each edge: the amplitude for every edge reached, 0 beyond.</summary>
    Thermometer,

    /// <summary>A single code, from −amplitude in the lowest bin to amplitude in the highest.</summary>
    Ordinal,
}
