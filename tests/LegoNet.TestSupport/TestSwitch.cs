namespace LegoNet.TestSupport;

/// <summary>Environment variables with which somebody starts a longer run by hand.</summary>
internal static class TestSwitch
{
    /// <summary>How many processes are killed at random moments.</summary>
    public const string Kills = "LEGONET_TEST_KILLS";

    /// <summary>The number that a variable holds, or what a plain run takes.</summary>
    public static int Number(string variable, int usual) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var asked) ? asked : usual;
}
