namespace LegoNet.Cli.Tests.Support;

/// <summary>How a child process runs.</summary>
internal sealed record ChildOptions
{
    /// <summary>Variables set beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Time after which the process is killed and the test fails.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Ctrl-C (SIGINT) is sent when a line on standard error starts so.</summary>
    public string? InterruptAt { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>What stands before its arguments, where it is not this build's tool.</summary>
    public IReadOnlyList<string>? Program { get; init; }
}
