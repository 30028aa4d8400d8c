using LegoNet.Cluster.Stores;
using Npgsql;

namespace LegoNet.Cluster.Tests.Stores;

public sealed class StoreAddressTests
{
    [Theory]
    [InlineData("postgres://ann:s%40cret@db.example:5433/runs", "db.example", 5433, "runs", "ann", "s@cret")]
    [InlineData("postgresql://ann@db.example/runs", "db.example", 5432, "runs", "ann", null)]
    [InlineData("postgresql://db.example", "db.example", 5432, null, null, null)]
    [InlineData("postgres://ann:a:b@[::1]:5433/runs", "::1", 5433, "runs", "ann", "a:b")]
    [InlineData("postgres:///runs?host=/var/run/postgresql&user=ann", "/var/run/postgresql", 5432, "runs", "ann", null)]
    [InlineData("Host=db.example;Port=5433;Database=runs;Username=ann;Password=secret", "db.example", 5433, "runs", "ann", "secret")]
    public void Parse_OfBothForms_ReadsAll(string text, string host, int port, string? database, string? user, string? password)
    {
        var read = new NpgsqlConnectionStringBuilder(StoreAddress.Parse(text).ConnectionString);

        Assert.Equal((host, port, database, user, password), (read.Host, read.Port, read.Database, read.Username, read.Password));
    }

    [Fact]
    public void Parse_OfAParameterOfLibpq_SetsNpgsqls()
    {
        var read = new NpgsqlConnectionStringBuilder(StoreAddress.Parse("postgres://h/d?sslmode=require&connect_timeout=3").ConnectionString);

        Assert.Equal((SslMode.Require, 3), (read.SslMode, read.Timeout));
    }

    [Theory]
    [InlineData("postgres://ann:hunter2@h:port/d")]
    [InlineData("postgres://ann:hunter2@h/d?colour=hunter2")]
    [InlineData("mysql://ann:hunter2@h/d")]
    [InlineData("Host=h;Password=a;hunter2=1")]
    [InlineData("Database=d;Password=hunter2")]
    [InlineData("hunter2")]
    [InlineData("")]
    public void Parse_OfWhatIsNoAddress_SaysTheFormsAndNoPassword(string text)
    {
        var e = Assert.Throws<LegoNetException>(() => StoreAddress.Parse(text));

        Assert.Contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://ann:hunter2@h/d")]
    [InlineData("Host=h;Username=ann;Password=hunter2;Database=d")]
    public void ToString_WithAPassword_LeavesItOut(string text) => Assert.Equal("ann@h:5432/d", StoreAddress.Parse(text).ToString());

    [Fact]
    public async Task Store_ThatDoesNotAnswer_IsNamedWithoutItsPassword()
    {
        var run = new StoreRun(StoreAddress.Parse("postgres://ann:hunter2@127.0.0.1:9/d"), new NoRun(), _ => { });

        var e = await Assert.ThrowsAsync<LegoNetException>(() => run.RunAsync(_ => { }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("ann@127.0.0.1:9/d: the store cannot be used (", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }
}
