namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The checks of <see cref="ArchitectureTests"/> can fail: what they must find in small samples that are compiled into this assembly.</summary>
public sealed class ArchitectureCheckTests
{
    private const string Samples = "LegoNet.Cli.Tests.Architecture.Samples";
    private const string Floors = $"{Samples}.Floors";
    private const string Ring = $"{Samples}.Ring";
    private const string Disk = $"{Samples}.Disk";

    private static readonly CompiledAssembly s_tests = CompiledAssembly.Read(typeof(ArchitectureCheckTests).Assembly.Location);
    private static readonly CompiledAssembly s_floors = s_tests.Within(Floors);
    private static readonly CompiledAssembly s_ring = s_tests.Within(Ring);
    private static readonly CompiledAssembly s_disk = s_tests.Within(Disk);

    [Theory]
    [InlineData("ByBase", "AsBase")]
    [InlineData("ByInterface", "IAsInterface")]
    [InlineData("ByField", "AsField")]
    [InlineData("ByParameter", "AsParameter")]
    [InlineData("ByResult", "AsResult")]
    [InlineData("ByConstraint", "AsConstraint")]
    [InlineData("ByTypeArgument", "AsTypeArgument")]
    [InlineData("ByMethodArgument", "AsMethodArgument")]
    [InlineData("ByArrayElement", "AsArrayElement")]
    [InlineData("ByLocal", "AsLocal")]
    [InlineData("ByTypeOf", "AsTypeOf")]
    [InlineData("ByAttributeValue", "AsAttributeValue")]
    [InlineData("ByCaught", "AsCaught")]
    [InlineData("ByAttribute", "AsAttribute")]
    [InlineData("ByCallee", "AsCallee")]
    [InlineData("ByLambda", "InLambda")]
    [InlineData("ByIterator", "InIterator")]
    [InlineData("ByAsync", "InAsync")]
    public void Read_AUse_IsFoundUnderTheNamesOfTheSource(string user, string used)
        => Assert.Contains(new TypeUse($"{Floors}.Upper", $"Uses.{user}", $"{Floors}.Lower", $"Used.{used}"), s_floors.Uses);

    [Fact]
    public void Read_AConstant_LeavesNoUse() => Assert.DoesNotContain(s_floors.Uses, u => u.FromNamespace == $"{Floors}.Upper" && u.ToType == "Used.Nowhere");

    [Fact]
    public void Read_NestedTypes_AreCountedAsOne() => Assert.Equal(1, s_floors.Types[$"{Floors}.Lower"]);

    [Fact]
    public void FindCircles_ThreeNamespacesInARing_NamesThemWithAnExampleForEachArrow()
    {
        var circle = Assert.Single(new NamespaceGraph(s_ring.Uses).FindCircles());

        Assert.Equal(
            [
                $"circle: {Ring}.One → {Ring}.Two → {Ring}.Three → {Ring}.One",
                $"    {Ring}.One → {Ring}.Two: OfOne → OfTwo",
                $"    {Ring}.Two → {Ring}.Three: OfTwo → OfThree",
                $"    {Ring}.Three → {Ring}.One: OfThree → OfOne",
            ],
            circle.Split('\n'));
    }

    [Fact]
    public void FindCircles_FloorsThatUseLowerOnes_FindsNone() => Assert.Empty(new NamespaceGraph(s_floors.Uses).FindCircles());

    [Fact]
    public void FindFaults_TheRightOrder_FindsNone() => Assert.Empty(FindFaults("Lower", "Upper"));

    [Fact]
    public void FindFaults_AnArrowUp_NamesTheTypes()
    {
        var fault = Assert.Single(FindFaults("Upper", "Lower"));

        var expected = $"Sample: {Floors}.Upper uses {Floors}.Lower, which is above it: Uses.ByArrayElement → Used.AsArrayElement and ";
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void FindFaults_ANamespaceThatIsNotDeclared_NamesIt()
        => Assert.Equal([$"Sample: the namespace {Floors}.Upper stands on no declared floor."], FindFaults("Lower"));

    [Fact]
    public void FindFaults_ADeclaredFloorWithoutTypes_NamesIt()
        => Assert.Equal([$"Sample: the floor {Floors}.Cellar has no types."], FindFaults("Cellar", "Lower", "Upper"));

    [Fact]
    public void Print_SampleFloors_ShowsTypesLinesAndArrows()
    {
        var lines = Declare("Lower", "Upper").Print(s_floors, new Dictionary<string, int> { [$"{Floors}.Upper"] = 77 }).Split('\n');

        Assert.Equal("Sample: 2 types, 77 lines", lines[0]);
        Assert.Matches($@"^  {Floors}\.Upper +1 types +77 lines  → {Floors}\.Lower$", lines[1]);
        Assert.Matches($@"^  {Floors}\.Lower +1 types +0 lines$", lines[2]);
    }

    [Fact]
    public void FindOutside_CallsThatTouchTheDisk_AreNamedByTheirMethod()
        => Assert.Equal(
            [
                $"{Disk}.Storeroom.AsDelegate → File.Exists",
                $"{Disk}.Storeroom.ByName → StreamReader..ctor",
                $"{Disk}.Storeroom.InLambda → FileInfo..ctor",
                $"{Disk}.Storeroom.InLambda → FileInfo.get_Length",
                $"{Disk}.Storeroom.Lazy → Directory.GetFiles",
                $"{Disk}.Storeroom.Plain → File.ReadAllBytes",
                $"{Disk}.Storeroom.WaitingAsync → File.ReadAllTextAsync",
            ],
            DiskAccess.FindOutside(s_disk, "elsewhere"));

    [Fact]
    public void FindOutside_TheFileLayerItself_MayTouchTheDisk() => Assert.Empty(DiskAccess.FindOutside(s_disk, Disk));

    [Fact]
    public void InCode_OneColumnTooMany_IsFound() => Assert.Equal([2], LongLines.InCode([new string('x', 160), new string('x', 161)]));

    [Fact]
    public void InMarkdown_LongLines_AreFoundOutsideTablesAndCode()
    {
        var rest = new string('x', 160);

        Assert.Equal([1, 7, 8], LongLines.InMarkdown(["y" + rest, "| " + rest, "  ```csharp", rest + "x", "  ```", rest, "- " + rest, "# " + rest]));
    }

    [Fact]
    public void Files_OfTheRepository_LeaveOutWhatIsBuilt()
    {
        var files = SourceTree.Files(".cs").ToArray();

        Assert.Contains("src/LegoNet.Cli/Program.cs", files);
        Assert.DoesNotContain(files, f => f.Contains("/obj/", StringComparison.Ordinal) || f.Contains("/bin/", StringComparison.Ordinal));
    }

    private static AssemblyFloors Declare(params string[] floors) => new("Sample", [.. floors.Select(f => $"{Floors}.{f}")]);

    private static IEnumerable<string> FindFaults(params string[] floors) => Declare(floors).FindFaults(s_floors);
}
