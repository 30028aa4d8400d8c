using LegoNet.Records;

namespace LegoNet.Tests.ModelCheck;

/// <summary>Subjects and ids, each with the spellings under which it must be found.</summary>
internal static class Names
{
    public static readonly TagKey TagKey = TagKey.FromBytes([.. Enumerable.Range(1, 32).Select(i => (byte)(7 * i))]);

    // First what is stored, then what people type: blanks around, a no-break space, letters and accents apart.
    private static readonly string[][] s_subjects =
    [
        ["#4711-patient", " #4711-patient", "#4711-patient\u00a0 ", "#4711-patient\t"],
        ["Jos\u00e9 \u00c1lvarez", "Jose\u0301 A\u0301lvarez", " Jos\u00e9 A\u0301lvarez "],
        ["\u00c5ngstr\u00f6m, \"the\" 3rd", "\u212bngstro\u0308m, \"the\" 3rd", "\u2003A\u030angstr\u00f6m, \"the\" 3rd"],
        ["row 0 of nobody", "row 0 of nobody ", "\u3000row 0 of nobody"],
        ["Jose Alvarez", "  Jose Alvarez"],
        ["\uac01\uc2dc-person", "\u1100\u1161\u11a8\uc2dc-person"],
    ];

    private static readonly string[][] s_ids = [["id-0", " id-0"], ["caf\u00e9-1", "cafe\u0301-1 "], ["#2", "#2 "]];

    public static int Subjects => s_subjects.Length;

    public static int Ids => s_ids.Length;

    public static IEnumerable<string> Stored => s_subjects.Select(s => s[0]);

    public static string Subject(int subject, Random? random = null) => Spell(s_subjects[subject], random);

    public static string Id(int id, Random? random = null) => Spell(s_ids[id], random);

    public static ForgetTarget Request(Target target, Random random)
        => new(Subject(target.Subject, random), target.Id is { } id ? Id(id, random) : null);

    /// <summary>A target's tag as ledger and receipts spell it.</summary>
    public static string Tag(Target target) => target.Id is { } id
        ? TagKey.KeyOf(Subject(target.Subject), Id(id)).ToTag(withRecord: true)
        : Convert.ToHexStringLower(TagKey.SubjectTag(Subject(target.Subject)));

    private static string Spell(string[] spellings, Random? random) => spellings[random?.Next(spellings.Length) ?? 0];
}
