using LegoNet.Records;

namespace LegoNet.Tests.Support;

/// <summary>Record keys as an HMAC gives them, and as it never would: with long shared beginnings.</summary>
internal static class DrawnKeys
{
    /// <summary>Draws distinct keys of fewer subjects; about a third of the subjects share a beginning with another.</summary>
    public static List<RecordKey> Draw(int count, int seed)
    {
        var random = new Random(seed);
        List<byte[]> subjects = [];
        var keys = new HashSet<RecordKey>();
        while (keys.Count < count)
        {
            byte[] subject;
            if (subjects.Count > 0 && random.Next(3) == 0)
            {
                subject = subjects[random.Next(subjects.Count)]; // Another record of the same subject.
            }
            else
            {
                subject = subjects.Count > 0 && random.Next(3) == 0
                    ? Flip(subjects[random.Next(subjects.Count)], random.Next(8 * RecordKey.TagBytes))
                    : Bytes(random);
                subjects.Add(subject);
            }

            keys.Add(new RecordKey(subject, random.Next(4) == 0 ? Flip(new byte[RecordKey.TagBytes], random.Next(8 * RecordKey.TagBytes)) : Bytes(random)));
        }

        return [.. keys];
    }

    /// <summary>The same bytes with one bit the other way.</summary>
    public static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return flipped;
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[RecordKey.TagBytes];
        random.NextBytes(bytes);
        return bytes;
    }
}
