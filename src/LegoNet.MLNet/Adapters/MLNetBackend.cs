namespace LegoNet.MLNet.Adapters;

/// <summary>Which code runs behind ML.NET's trainers.</summary>
internal static class MLNetBackend
{
    private const string Variable = "MLNET_BACKEND";

    /// <summary>Why adapters cannot be fitted here, where the environment asks ML.NET for trainers of another library; otherwise null.</summary>
    public static string? WhyNotRefittable => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } backend
        ? $"{Variable} is \"{backend}\", which replaces ML.NET's own trainers by another library's; unset it"
        : null;
}
