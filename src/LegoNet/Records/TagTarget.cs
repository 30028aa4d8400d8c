namespace LegoNet.Records;

/// <summary>What to forget, by keyed tags: everything of a subject, or one of its records.</summary>
/// <param name="Key">The keyed identity; of a whole subject, the subject's tag twice.</param>
/// <param name="IsSubject">Whether everything of the subject is meant.</param>
internal readonly record struct TagTarget(RecordKey Key, bool IsSubject)
{
    /// <summary>A target under a key.</summary>
    /// <exception cref="LegoNetException">It is no name.</exception>
    public static TagTarget Of(ForgetTarget target, TagKey key)
    {
        if (target.Id is not null)
        {
            return new TagTarget(key.KeyOf(target.Subject, target.Id, target.Origin), false);
        }

        var tag = key.SubjectTag(target.Subject, target.Origin);
        return new TagTarget(new RecordKey(tag, tag), true);
    }

    /// <summary>Whether a record is meant.</summary>
    public bool Covers(in RecordKey key) => IsSubject ? Key.SameSubject(key) : Key.Equals(key);

    /// <summary>The stored rows of the target.</summary>
    public RowRef[] FindIn(RecordStore store)
    {
        if (!IsSubject)
        {
            return store.Find(Key) is { } row ? [row] : [];
        }

        var tag = new byte[RecordKey.TagBytes];
        Key.WriteSubjectTag(tag);
        return [.. store.FindSubject(tag)];
    }

    /// <summary>The target as ledger and receipts spell it.</summary>
    public string ToTag() => Key.ToTag(withRecord: !IsSubject);
}
