namespace LegoNet.Lab.Tasks;

/// <summary>What a method is asked to forget.</summary>
/// <param name="Name">Its name in reports, e.g. "one class".</param>
/// <param name="Requests">Rows of each request, in the order in which they are made. No row is in two.</param>
public sealed record ForgetTask(string Name, IReadOnlyList<IReadOnlyList<int>> Requests)
{
    /// <summary>Rows of all requests, ascending.</summary>
    public IReadOnlyList<int> Rows => [.. Requests.SelectMany(r => r).Order()];
}
