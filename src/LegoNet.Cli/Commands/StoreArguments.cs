using System.CommandLine;
using LegoNet.Cluster.Stores;

namespace LegoNet.Cli.Commands;

/// <summary>The store that workers share, as commands are told of it.</summary>
internal static class StoreArguments
{
    public static Option<string?> Store() => new("--store")
    {
        Description = "The PostgreSQL database that workers share, e.g. postgres://USER@HOST/DATABASE "
            + $"(default: the environment variable {StoreAddress.Variable}, which keeps a password off the command line).",
        HelpName = "ADDRESS",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The address that was given, or that the environment has; null where neither is.</summary>
    /// <exception cref="LegoNetException">It cannot be read.</exception>
    public static StoreAddress? Address(ParseResult parsed, Option<string?> store)
        => (parsed.GetValue(store) ?? Environment.GetEnvironmentVariable(StoreAddress.Variable)) is { Length: > 0 } text ? StoreAddress.Parse(text) : null;
}
