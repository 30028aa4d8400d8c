namespace LegoNet.Tests.ModelCheck;

/// <summary>What must come of a change that is asked for.</summary>
internal enum Outcome
{
    Done,
    NothingToDo,
    Refused,
}
