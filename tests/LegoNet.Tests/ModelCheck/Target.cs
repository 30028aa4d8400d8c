namespace LegoNet.Tests.ModelCheck;

/// <summary>Who or what is asked about, whatever its spelling: all of a subject where the id is null.</summary>
internal readonly record struct Target(int Subject, int? Id)
{
    public bool Covers(Identity record) => record.Subject == Subject && (Id is null || record.Id == Id);
}
