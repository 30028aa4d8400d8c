namespace LegoNet.Cluster.Scripts;

/// <summary>Words of POSIX shell scripts.</summary>
internal static class ShellText
{
    /// <summary>A word that the shell takes as it stands.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
