[assembly: AssemblyFixture(typeof(LegoNet.Cli.Tests.Support.StoreServer))]

namespace LegoNet.Cli.Tests.Support;

/// <summary>A PostgreSQL server, which starts with the first test that asks for it.</summary>
public sealed class StoreServer : IDisposable
{
    private readonly Lazy<PostgresServer> _server = new(() => new PostgresServer());

    /// <summary>The server; the running test is skipped where there is no PostgreSQL.</summary>
    internal PostgresServer Postgres
    {
        get
        {
            PostgresServer.Require();
            return _server.Value;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}
