using LegoNet.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Reads the current value of a column as what an encoder takes. One thread reads; any thread gives back.</summary>
/// <param name="read">Gives the value; null where it is missing.</param>
/// <param name="giveBack">Takes back the memory of a value that is encoded; null where there is nothing to keep.</param>
internal sealed class InputReader(Func<RecordInput?> read, Action<RecordInput>? giveBack = null)
{
    /// <summary>The current row's value; null where it is missing.</summary>
    public RecordInput? Read() => read();

    /// <summary>Takes a value's memory for rows to come. The value must not be used any more.</summary>
    public void GiveBack(RecordInput input) => giveBack?.Invoke(input);
}
