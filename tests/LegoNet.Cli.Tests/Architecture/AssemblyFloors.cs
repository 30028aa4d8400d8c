using System.Text;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The namespaces of an assembly in the order in which they may use each other.</summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Floors">Its namespaces, lowest first. Each may use those before it only.</param>
internal sealed record AssemblyFloors(string Assembly, IReadOnlyList<string> Floors)
{
    /// <summary>Every departure from the declared order, one line each: an arrow up, a namespace that is not declared, a declared one without types.</summary>
    public IEnumerable<string> FindFaults(CompiledAssembly compiled)
    {
        foreach (var space in compiled.Types.Keys.Except(Floors).Order(StringComparer.Ordinal))
        {
            yield return $"{Assembly}: the namespace {space} stands on no declared floor.";
        }

        foreach (var space in Floors.Except(compiled.Types.Keys))
        {
            yield return $"{Assembly}: the floor {space} has no types.";
        }

        var graph = new NamespaceGraph(compiled.Uses);
        var height = Floors.Select((space, i) => (space, i)).ToDictionary(f => f.space, f => f.i);
        foreach (var from in Floors)
        {
            foreach (var (to, behind) in graph.From(from).Where(arrow => height.TryGetValue(arrow.Key, out var above) && above > height[from]))
            {
                yield return $"{Assembly}: {from} uses {to}, which is above it: {NamespaceGraph.Example(behind)}";
            }
        }
    }

    /// <summary>The floors as a table, highest first: types, lines of source, and the floors of the same assembly that each one uses.</summary>
    /// <param name="compiled">The assembly.</param>
    /// <param name="lines">Lines of source by namespace.</param>
    public string Print(CompiledAssembly compiled, IReadOnlyDictionary<string, int> lines)
    {
        var graph = new NamespaceGraph(compiled.Uses);
        var text = new StringBuilder($"{Assembly}: {compiled.Types.Values.Sum()} types, {lines.Values.Sum()} lines\n");
        foreach (var space in Floors.Reverse())
        {
            var size = $"  {Shown(space),-40} {compiled.Types.GetValueOrDefault(space),4} types {lines.GetValueOrDefault(space),6} lines";
            var arrows = string.Join(", ", Floors.Where(graph.From(space).ContainsKey).Select(Shown));
            text.Append(size).Append(arrows.Length == 0 ? "" : $"  → {arrows}").Append('\n');
        }

        return text.ToString();
    }

    private static string Shown(string space) => space.Length == 0 ? "(global)" : space;
}
