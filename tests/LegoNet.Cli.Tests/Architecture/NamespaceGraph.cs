namespace LegoNet.Cli.Tests.Architecture;

/// <summary>Which namespace of an assembly uses which, with the type uses behind each arrow.</summary>
internal sealed class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, List<TypeUse>>> _arrows = new(StringComparer.Ordinal);

    public NamespaceGraph(IEnumerable<TypeUse> uses)
    {
        var across = uses.Where(u => u.FromNamespace != u.ToNamespace);
        foreach (var use in across.OrderBy(u => u.FromType, StringComparer.Ordinal).ThenBy(u => u.ToType, StringComparer.Ordinal))
        {
            if (!_arrows.TryGetValue(use.FromNamespace, out var targets))
            {
                _arrows.Add(use.FromNamespace, targets = new SortedDictionary<string, List<TypeUse>>(StringComparer.Ordinal));
            }

            if (!targets.TryGetValue(use.ToNamespace, out var behind))
            {
                targets.Add(use.ToNamespace, behind = []);
            }

            behind.Add(use);
        }
    }

    /// <summary>The arrows out of a namespace: the namespaces it uses, each with the type uses behind it.</summary>
    public IReadOnlyDictionary<string, List<TypeUse>> From(string space)
        => _arrows.TryGetValue(space, out var targets) ? targets : new SortedDictionary<string, List<TypeUse>>();

    /// <summary>
    /// For each namespace on a circle a shortest one, unless one given earlier passes through it: a line for the circle, and one for each of
    /// its arrows with an example.
    /// </summary>
    public IEnumerable<string> FindCircles()
    {
        var named = new HashSet<string>();
        foreach (var space in _arrows.Keys.Where(s => !named.Contains(s)))
        {
            var circle = ShortestCircle(space);
            if (circle.Count > 0)
            {
                named.UnionWith(circle);
                string[] next = [.. circle.Skip(1), circle[0]];
                var arrows = circle.Zip(next, (from, to) => $"    {from} → {to}: {Example(_arrows[from][to])}");
                yield return $"circle: {string.Join(" → ", circle)} → {circle[0]}\n{string.Join('\n', arrows)}";
            }
        }
    }

    /// <summary>The first of an arrow's type uses, and how many more there are.</summary>
    public static string Example(List<TypeUse> behind)
        => $"{behind[0].FromType} → {behind[0].ToType}{(behind.Count > 1 ? $" and {behind.Count - 1} more" : "")}";

    // Breadth first, so the first way back is a shortest one.
    private List<string> ShortestCircle(string start)
    {
        var cameFrom = new Dictionary<string, string>();
        var queue = new Queue<string>([start]);
        while (queue.TryDequeue(out var at))
        {
            foreach (var next in From(at).Keys)
            {
                if (next == start)
                {
                    var circle = new List<string> { at };
                    while (at != start)
                    {
                        circle.Insert(0, at = cameFrom[at]);
                    }

                    return circle;
                }

                if (cameFrom.TryAdd(next, at))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return [];
    }
}
