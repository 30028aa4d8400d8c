namespace LegoNet.Records;

/// <summary>One change to the store: a key and its new row, or null to remove it.</summary>
internal readonly record struct RowChange(RecordKey Key, RowRef? Row);
