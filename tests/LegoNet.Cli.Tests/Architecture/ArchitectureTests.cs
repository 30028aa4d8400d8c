using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The house stands: floors without circles, no arrow up, the disk behind one door, lines that fit a screen.</summary>
public sealed partial class ArchitectureTests(ITestOutputHelper output)
{
    private const string FileLayer = "LegoNet.Files";

    /// <summary>Calls in LegoNet that touch the disk outside the file layer, as <see cref="DiskAccess"/> writes them, each with its reason.</summary>
    private static readonly Dictionary<string, string> s_diskExceptions = [];

    public static TheoryData<string> Assemblies => [.. House.Assemblies.Select(a => a.Assembly)];

    [Fact]
    public void House_SourceProjects_AreAllDeclared()
    {
        var projects = SourceTree.Files(".csproj").Where(f => f.StartsWith("src/LegoNet", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(projects.Order(StringComparer.Ordinal), House.Assemblies.Select(a => a.Assembly).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_References_GoDown(string assembly)
    {
        var above = House.Assemblies.SkipWhile(a => a.Assembly != assembly).Select(a => a.Assembly);

        Assert.Empty(Read(assembly).References.Intersect(above));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Namespaces_OfAnAssembly_FormNoCircle(string assembly)
    {
        var circles = new NamespaceGraph(Read(assembly).Uses).FindCircles().ToArray();

        Assert.True(circles.Length == 0, $"Namespaces of {assembly} use each other:\n{string.Join('\n', circles)}");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Namespaces_OfAnAssembly_UseLowerFloorsOnly(string assembly)
    {
        var floors = House.Assemblies.Single(a => a.Assembly == assembly);
        var compiled = Read(assembly);
        output.WriteLine(floors.Print(compiled, SourceTree.LinesByNamespace(assembly)));

        var faults = floors.FindFaults(compiled).ToArray();

        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Core_OutsideTheFileLayer_TouchesNoDisk()
    {
        var found = DiskAccess.FindOutside(Read("LegoNet"), FileLayer).ToArray();
        var offenders = found.Except(s_diskExceptions.Keys).ToArray();

        Assert.True(offenders.Length == 0, $"{offenders.Length} calls touch the disk outside {FileLayer}:\n{string.Join('\n', offenders)}");
        Assert.Empty(s_diskExceptions.Keys.Except(found));
    }

    [Fact]
    public void Code_EveryLine_FitsTheScreen() => AssertFits(".cs", LongLines.InCode);

    [Fact]
    public void Pages_EveryLine_FitsTheScreen() => AssertFits(".md", LongLines.InMarkdown);

    [Fact]
    public void Libraries_NoMessage_NamesAnOptionOfTheTool()
    {
        // A receipt tells whoever holds it how to check it, by the tool.
        string[] libraries = ["LegoNet", "LegoNet.Data", "LegoNet.Onnx", "LegoNet.MLNet", "LegoNet.Lab"];
        var found = SourceTree.Files(".cs")
            .Where(f => libraries.Any(l => f.StartsWith($"src/{l}/", StringComparison.Ordinal)) && f != "src/LegoNet/Audit/Receipt.cs")
            .SelectMany(f => File.ReadLines(Path.Combine(Repository.Root, f)).Where(NamesAnOption).Select(line => $"{f}: {line.Trim()}"))
            .ToArray();
        Assert.True(found.Length == 0, $"Users of the libraries are told of options that they do not have:\n{string.Join('\n', found)}");
        Assert.True(NamesAnOption("throw BadInput(\"name it with --signing-key.\");"));
    }

    private static bool NamesAnOption(string line)
        => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && OptionOfTheTool().IsMatch(line);

    [GeneratedRegex("\"[^\"]*--[a-z]")]
    private static partial Regex OptionOfTheTool();

    private static void AssertFits(string extension, Func<IEnumerable<string>, IEnumerable<int>> find)
    {
        var files = SourceTree.Files(extension).ToArray();
        var found = files.SelectMany(file => find(File.ReadLines(Path.Combine(Repository.Root, file))).Select(line => $"{file}:{line}")).ToArray();

        Assert.True(files.Length > 10, $"The repository has {files.Length} files {extension}.");
        Assert.True(found.Length == 0, $"{found.Length} lines are longer than {LongLines.Columns} columns:\n{string.Join('\n', found)}");
    }

    private static CompiledAssembly Read(string assembly)
    {
        Assert.SkipWhen(assembly == "LegoNet.MLNet" && !MLNetBuild.Found, "ML.NET is not restorable here: LegoNet.MLNet is not built.");
        return CompiledAssembly.Read(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
    }
}
