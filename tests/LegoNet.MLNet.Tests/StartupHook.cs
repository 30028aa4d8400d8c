using LegoNet.MLNet.Tests.Saving;

/// <summary>
/// .NET calls this before a program's own code where DOTNET_STARTUP_HOOKS names this assembly. It makes the process a host that has
/// ML.NET and nothing of LegoNet, and ends it.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(PlainHost.ModelVariable) is { Length: > 0 } model)
        {
            var rows = Environment.GetEnvironmentVariable(PlainHost.RowsVariable)!;
            var result = Environment.GetEnvironmentVariable(PlainHost.ResultVariable)!;
            Environment.Exit(PlainHost.Run(model, rows, result));
        }
    }
}
