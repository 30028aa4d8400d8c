namespace LegoNet.Routing;

/// <summary>Similarities of codes to a key set, by one vector width.</summary>
internal interface IRouterKernel
{
    /// <summary>How many codes one call takes at most, and is efficient with.</summary>
    int BlockRows { get; }

    /// <summary>Writes the inner products of up to <see cref="BlockRows"/> codes [m, d] with all keys into the first m · n entries, row-major.</summary>
    void Similarities(ReadOnlySpan<sbyte> codes, Span<long> similarities);
}
