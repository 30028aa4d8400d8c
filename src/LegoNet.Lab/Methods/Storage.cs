namespace LegoNet.Lab.Methods;

/// <summary>What things take, in bytes.</summary>
internal static class Storage
{
    /// <summary>Codes and labels of records.</summary>
    public static long OfRecords(RecordSet records, long count) => count * (records.Dimension + sizeof(int));
}
