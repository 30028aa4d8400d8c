namespace LegoNet.Runs;

/// <summary>What a task made is missing or altered, so that the task has to be done again.</summary>
/// <param name="task">The task.</param>
/// <param name="message">What is the matter.</param>
internal sealed class LostTaskException(int task, string message) : Exception(message)
{
    public int Task => task;
}
