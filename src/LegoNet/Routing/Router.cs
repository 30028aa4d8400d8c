using LegoNet.Numerics;

namespace LegoNet.Routing;

/// <summary>
/// Finds a code's route: the k adapters whose keys have the largest inner product with it. The keys being of one length, that is
/// the order by cosine.
/// </summary>
/// <remarks>
/// Similarities are exact int64 sums and ties go to the lower adapter number, so a route is a function of the code and the keys
/// alone. A code of zeros is as similar to every key and takes adapters 0…k − 1. Instances are immutable and thread-safe.
/// </remarks>
internal sealed class Router
{
    private readonly IRouterKernel _kernel;

    /// <summary>Creates a router.</summary>
    /// <param name="keys">The adapters' keys.</param>
    /// <param name="routeLength">k, the number of adapters that a code activates, 1…n.</param>
    /// <exception cref="LegoNetException">k is out of range.</exception>
    public Router(KeySet keys, int routeLength)
        : this(
            keys,
            routeLength,
            Tile512.IsSupported ? new RouterKernel<Tile512>(keys)
            : Tile256.IsSupported ? new RouterKernel<Tile256>(keys)
            : Tile128.IsSupported ? new RouterKernel<Tile128>(keys)
            : new RouterKernel<TileScalar>(keys))
    {
    }

    /// <summary>A router over one given micro-kernel; for tests of each vector width.</summary>
    internal Router(KeySet keys, int routeLength, IRouterKernel kernel)
    {
        if (routeLength < 1 || routeLength > keys.Count)
        {
            throw LegoNetException.BadInput($"A route of {routeLength} adapters cannot be chosen from {keys.Count}.");
        }

        Keys = keys;
        RouteLength = routeLength;
        _kernel = kernel;
    }

    /// <summary>The keys.</summary>
    public KeySet Keys { get; }

    /// <summary>k, the number of adapters that a code activates.</summary>
    public int RouteLength { get; }

    /// <summary>Routes codes.</summary>
    /// <param name="codes">Codes [m, d], row-major.</param>
    /// <param name="routes">Receives [m, k]: each code's adapters in ascending order of their numbers.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Route(ReadOnlySpan<sbyte> codes, Span<ushort> routes)
    {
        var rows = Rows(codes);
        if (routes.Length != (long)rows * RouteLength)
        {
            throw new ArgumentException($"The routes of {rows} codes take {(long)rows * RouteLength} entries, not {routes.Length}.", nameof(routes));
        }

        var block = Math.Min(rows, _kernel.BlockRows);
        var similarities = new long[block * Keys.Count];
        var best = new long[RouteLength];
        for (var first = 0; first < rows; first += block)
        {
            var count = Math.Min(block, rows - first);
            _kernel.Similarities(codes.Slice(first * Keys.Dimension, count * Keys.Dimension), similarities);
            for (var i = 0; i < count; i++)
            {
                var route = routes.Slice((first + i) * RouteLength, RouteLength);
                SelectLargest(similarities.AsSpan(i * Keys.Count, Keys.Count), best, route);
                route.Sort();
            }
        }
    }

    /// <summary>Routes one code.</summary>
    /// <param name="code">A code, [d].</param>
    /// <returns>The k adapters in ascending order of their numbers.</returns>
    /// <exception cref="ArgumentException">The code has the wrong length.</exception>
    public ushort[] Route(ReadOnlySpan<sbyte> code)
    {
        if (code.Length != Keys.Dimension)
        {
            throw new ArgumentException($"The code has {code.Length} dimensions, the keys have {Keys.Dimension}.", nameof(code));
        }

        var route = new ushort[RouteLength];
        Route(code, route);
        return route;
    }

    /// <summary>The similarities of codes to all keys: exact inner products.</summary>
    /// <param name="codes">Codes [m, d], row-major.</param>
    /// <param name="similarities">Receives [m, n].</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Similarities(ReadOnlySpan<sbyte> codes, Span<long> similarities)
    {
        var rows = Rows(codes);
        if (similarities.Length != (long)rows * Keys.Count)
        {
            throw new ArgumentException(
                $"The similarities of {rows} codes take {(long)rows * Keys.Count} entries, not {similarities.Length}.", nameof(similarities));
        }

        for (var first = 0; first < rows; first += _kernel.BlockRows)
        {
            var count = Math.Min(_kernel.BlockRows, rows - first);
            _kernel.Similarities(
                codes.Slice(first * Keys.Dimension, count * Keys.Dimension),
                similarities.Slice(first * Keys.Count, count * Keys.Count));
        }
    }

    /// <summary>The k largest of the similarities, larger ones first, equal ones in ascending order of their index.</summary>
    private static void SelectLargest(ReadOnlySpan<long> similarities, Span<long> best, Span<ushort> route)
    {
        var count = 0;
        for (var i = 0; i < similarities.Length; i++)
        {
            var s = similarities[i];

            // Indices ascend, so that an equal one that comes later never displaces one that is held.
            if (count == best.Length && s <= best[^1])
            {
                continue;
            }

            var low = 0;
            var high = count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (best[middle] >= s)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            var kept = Math.Min(count, best.Length - 1);
            best[low..kept].CopyTo(best[(low + 1)..]);
            route[low..kept].CopyTo(route[(low + 1)..]);
            best[low] = s;
            route[low] = (ushort)i;
            count = kept + 1;
        }
    }

    private int Rows(ReadOnlySpan<sbyte> codes)
        => codes.Length % Keys.Dimension == 0
            ? codes.Length / Keys.Dimension
            : throw new ArgumentException($"{codes.Length} entries do not make codes of dimension {Keys.Dimension}.", nameof(codes));
}
