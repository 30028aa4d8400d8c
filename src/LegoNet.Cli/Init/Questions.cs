namespace LegoNet.Cli.Init;

/// <summary>Asks the person at the terminal; where nobody is there to answer, nothing is asked.</summary>
/// <param name="context">The terminal, if there is one.</param>
internal sealed class Questions(CommandContext context)
{
    /// <summary>Whether somebody can answer.</summary>
    public bool CanAsk => context.Answers is not null;

    /// <summary>Says something that the next question is about.</summary>
    public void Say(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            context.Note(line);
        }
    }

    /// <summary>Asks until the answer can be used.</summary>
    /// <param name="question">The question.</param>
    /// <param name="usual">What an empty answer means; null where there must be one.</param>
    /// <param name="read">Reads an answer, or says why it cannot be used.</param>
    /// <exception cref="LegoNetException">The answers end.</exception>
    public T Ask<T>(string question, string? usual, Func<string, (T? Value, string? Problem)> read)
        where T : class?
    {
        while (true)
        {
            context.Prompt($"{question}{(usual is null ? "" : $" [{Words.Shown(usual)}]")}: ");

            // Waiting for a line cannot be cancelled, but it need not be waited for.
            string? line;
            try
            {
                line = Task.Run(context.Answers!.ReadLine).WaitAsync(context.CancellationToken).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                context.Note(""); // What follows stands on a line of its own.
                throw;
            }

            if (line is null)
            {
                context.Note("");
                throw LegoNetException.BadInput("The answers ended before all questions; run init again, or give the options instead.");
            }

            var answer = line.Trim() is { Length: > 0 } given ? given : usual;
            if (answer is null)
            {
                continue;
            }

            var (value, problem) = read(answer);
            if (problem is null)
            {
                return value!;
            }

            context.Note(problem);
        }
    }
}
