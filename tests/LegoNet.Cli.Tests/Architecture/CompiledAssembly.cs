using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>
/// What the types of an assembly use, as the compiler left it: bases, interfaces, fields, signatures, attributes, constraints, locals and
/// every token of every method body. The assembly is read, not loaded. A constant of another type leaves no trace and is not seen.
/// </summary>
internal sealed class CompiledAssembly
{
    private CompiledAssembly(
        string name,
        IReadOnlyCollection<string> references,
        IReadOnlyDictionary<string, int> types,
        IReadOnlySet<TypeUse> uses,
        IReadOnlySet<OutsideCall> calls,
        IReadOnlySet<string> names)
    {
        Name = name;
        References = references;
        Types = types;
        Uses = uses;
        Calls = calls;
        Names = names;
    }

    public string Name { get; }

    /// <summary>The assemblies it was compiled against, as far as it uses them.</summary>
    public IReadOnlyCollection<string> References { get; }

    /// <summary>Each namespace with the number of its types; nested types and what the compiler made are not counted.</summary>
    public IReadOnlyDictionary<string, int> Types { get; }

    public IReadOnlySet<TypeUse> Uses { get; }

    public IReadOnlySet<OutsideCall> Calls { get; }

    /// <summary>The names of its types, methods and fields, and of the types of other assemblies that it uses.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>Reads an assembly.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    public static CompiledAssembly Read(string path)
    {
        using var stream = File.OpenRead(path);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var scan = new AssemblyScan(image, metadata);
        scan.Run();
        return new CompiledAssembly(
            metadata.GetString(metadata.GetAssemblyDefinition().Name),
            [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name)).Order(StringComparer.Ordinal)],
            scan.Types,
            scan.Uses,
            scan.Calls,
            NamesIn(metadata));
    }

    /// <summary>The part of the assembly that lies in a namespace and those below it.</summary>
    public CompiledAssembly Within(string prefix)
    {
        bool Inside(string space) => space == prefix || space.StartsWith(prefix + ".", StringComparison.Ordinal);
        return new CompiledAssembly(
            Name,
            References,
            Types.Where(t => Inside(t.Key)).ToDictionary(),
            Uses.Where(u => Inside(u.FromNamespace) && Inside(u.ToNamespace)).ToHashSet(),
            Calls.Where(c => Inside(c.FromNamespace)).ToHashSet(),
            Names);
    }

    private static HashSet<string> NamesIn(MetadataReader metadata)
    {
        var names = metadata.TypeDefinitions.Select(h => metadata.GetTypeDefinition(h).Name)
            .Concat(metadata.TypeReferences.Select(h => metadata.GetTypeReference(h).Name))
            .Concat(metadata.MethodDefinitions.Select(h => metadata.GetMethodDefinition(h).Name))
            .Concat(metadata.FieldDefinitions.Select(h => metadata.GetFieldDefinition(h).Name));
        return [.. names.Select(n => metadata.GetString(n).Split('`')[0])];
    }
}
