namespace LegoNet.Runs;

/// <summary>What became of an attempt at a task.</summary>
public enum TaskOutcome
{
    /// <summary>The task is done, and what it made is published.</summary>
    Done,

    /// <summary>It was done before, and what it made is whole; nothing was made again.</summary>
    DoneBefore,

    /// <summary>A task of an earlier stage is not done yet. Nothing was made.</summary>
    NotReady,

    /// <summary>Another process is at it. Nothing was made.</summary>
    Busy,
}
