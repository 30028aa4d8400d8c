using Npgsql;

namespace LegoNet.Cluster.Stores;

/// <summary>Where the PostgreSQL database is that workers share. Only its place is ever shown, never a password.</summary>
public sealed class StoreAddress
{
    /// <summary>The environment variable that may hold the address, so that no password stands on a command line.</summary>
    public const string Variable = "LEGONET_STORE";

    private const string Forms = "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or Host=HOST;Database=DATABASE;Username=USER;Password=PASSWORD";

    // libpq's names for what Npgsql calls otherwise; other parameters have the same name in both, but for underscores.
    private static readonly Dictionary<string, string> s_parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["password"] = "Password",
        ["dbname"] = "Database",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["passfile"] = "Passfile",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
    };

    private StoreAddress(NpgsqlConnectionStringBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Host))
        {
            throw LegoNetException.BadInput($"The store's address names no host; {Forms}.");
        }

        builder.ApplicationName ??= "legonet";
        builder.Enlist = false;
        // Workers are many and idle connections dear; a connection that a firewall has dropped is noticed.
        builder.ConnectionIdleLifetime = Math.Min(builder.ConnectionIdleLifetime, 30);
        builder.ConnectionPruningInterval = Math.Min(builder.ConnectionPruningInterval, 10);
        builder.KeepAlive = builder.KeepAlive == 0 ? 30 : builder.KeepAlive;
        ConnectionString = builder.ConnectionString;
        Place = $"{builder.Username ?? Environment.UserName}@{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username ?? Environment.UserName}";
    }

    internal string ConnectionString { get; }

    private string Place { get; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">A URI such as postgres://USER@HOST/DATABASE, or a connection string of Npgsql.</param>
    /// <exception cref="LegoNetException">It is neither; the message does not repeat it.</exception>
    public static StoreAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return new StoreAddress(text.Contains("://", StringComparison.Ordinal) ? FromUri(text.Trim()) : new NpgsqlConnectionStringBuilder(text));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // What the parser says may quote a part of a password.
            throw LegoNetException.BadInput($"The store's address cannot be read; {Forms}.");
        }
    }

    /// <summary>The database's place without a password: USER@HOST:PORT/DATABASE.</summary>
    public override string ToString() => Place;

    private static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (text[..scheme] is not ("postgres" or "postgresql"))
        {
            throw new FormatException();
        }

        var rest = text[(scheme + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var (place, query) = question < 0 ? (rest, "") : (rest[..question], rest[(question + 1)..]);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (authority, database) = slash < 0 ? (place, "") : (place[..slash], place[(slash + 1)..]);
        var at = authority.LastIndexOf('@');
        var (user, host) = at < 0 ? ("", authority) : (authority[..at], authority[(at + 1)..]);

        var builder = new NpgsqlConnectionStringBuilder();
        SetUser(builder, user);
        SetHost(builder, host);
        Set(builder, "Database", Uri.UnescapeDataString(database));
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            Set(builder, s_parameters.GetValueOrDefault(name, name.Replace('_', ' ')), equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]));
        }

        return builder;
    }

    private static void SetUser(NpgsqlConnectionStringBuilder builder, string user)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        Set(builder, "Username", Uri.UnescapeDataString(colon < 0 ? user : user[..colon]));
        Set(builder, "Password", colon < 0 ? "" : Uri.UnescapeDataString(user[(colon + 1)..]));
    }

    // Several hosts, "one:5432,two", are left to Npgsql; an address of IPv6 stands in brackets.
    private static void SetHost(NpgsqlConnectionStringBuilder builder, string host)
    {
        var colon = host.LastIndexOf(':');
        var isPort = colon >= 0 && !host.Contains(',', StringComparison.Ordinal) && !host[colon..].Contains(']', StringComparison.Ordinal);
        Set(builder, "Host", Uri.UnescapeDataString(isPort ? host[..colon] : host).Trim('[', ']'));
        Set(builder, "Port", isPort ? host[(colon + 1)..] : "");
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string keyword, string value)
    {
        if (value.Length > 0)
        {
            builder[keyword] = value;
        }
    }
}
