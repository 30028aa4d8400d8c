namespace LegoNet.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNet_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(LegoNetModel).Assembly, "tests/LegoNet.Tests/PublicApi.LegoNet.txt");

    [Fact]
    public void Describe_OfEachKindOfMember_SaysWhatCallersSee() => Assert.Equal(
        [
            "LegoNet.Tests.PublicApiTests.Sample.Base abstract class : IDisposable",
            "LegoNet.Tests.PublicApiTests.Sample.Base.Dispose() -> void",
            "LegoNet.Tests.PublicApiTests.Sample.Base.Name { get; protected set; } -> string",
            "LegoNet.Tests.PublicApiTests.Sample.Base.abstract Find<T>(ReadOnlySpan<byte> bytes, out T? found) -> bool",
            "LegoNet.Tests.PublicApiTests.Sample.Base.const Limit = 7 -> int",
            "LegoNet.Tests.PublicApiTests.Sample.Base.event Changed -> EventHandler?",
            "LegoNet.Tests.PublicApiTests.Sample.Base.protected new(string name = \"x\")",
            "LegoNet.Tests.PublicApiTests.Sample.Mode enum",
            "LegoNet.Tests.PublicApiTests.Sample.Mode.Fast = 1",
            "LegoNet.Tests.PublicApiTests.Sample.Mode.Slow = 4",
            "LegoNet.Tests.PublicApiTests.Sample.Pair sealed record",
            "LegoNet.Tests.PublicApiTests.Sample.Pair.First { get; init; } -> int",
            "LegoNet.Tests.PublicApiTests.Sample.Pair.Second { get; init; } -> IReadOnlyList<string?>?",
            "LegoNet.Tests.PublicApiTests.Sample.Pair.new(int First, IReadOnlyList<string?>? Second)",
            "LegoNet.Tests.PublicApiTests.Sample.Pair.required Third { get; init; } -> ValueTuple<string, int>",
        ],
        PublicApi.Describe([typeof(Sample.Base), typeof(Sample.Mode), typeof(Sample.Pair)]));

    /// <summary>Every kind of member that a signature can be wrong about.</summary>
    private static class Sample
    {
        public enum Mode
        {
            Fast = 1,
            Slow = 4,
        }

        public abstract class Base : IDisposable
        {
            public const int Limit = 7;

            protected Base(string name = "x") => Name = name;

            public event EventHandler? Changed;

            public string Name { get; protected set; }

            public abstract bool Find<T>(ReadOnlySpan<byte> bytes, out T? found);

            public void Dispose()
            {
                Changed?.Invoke(this, EventArgs.Empty);
                GC.SuppressFinalize(this);
            }

            internal void Hidden() => _ = Hash();

            private protected int Hash() => Name.Length;
        }

        public sealed record Pair(int First, IReadOnlyList<string?>? Second)
        {
            public required (string A, int B) Third { get; init; }
        }
    }
}
