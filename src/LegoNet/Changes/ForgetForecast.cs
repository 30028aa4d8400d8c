namespace LegoNet.Changes;

/// <summary>What a forget would do, found without changing anything.</summary>
/// <param name="Records">Records found.</param>
/// <param name="Adapters">Numbers of the adapters that would be refitted, ascending.</param>
/// <param name="Rows">Rows visited by the refits.</param>
/// <param name="Seconds">Expected time on this machine.</param>
/// <param name="SameCodeElsewhere">Stored records of other subjects whose code equals that of a record to be forgotten (copies that will stay).</param>
public sealed record ForgetForecast(long Records, IReadOnlyList<int> Adapters, long Rows, double Seconds, long SameCodeElsewhere);
