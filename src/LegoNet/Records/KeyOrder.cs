namespace LegoNet.Records;

/// <summary>Puts rows in the order of their keys, and passes over repetitions.</summary>
internal static class KeyOrder
{
    /// <summary>Sorts rows by key.</summary>
    public static void Sort(RowRef[] rows)
    {
        // A key is 64 bytes; its first eight, by which nearly all differ, are much less to move about.
        var words = new ulong[rows.Length];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = rows[i].Key[0];
        }

        Array.Sort(words, rows);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            for (end = start + 1; end < rows.Length && words[end] == words[start]; end++)
            {
            }

            if (end - start > 1)
            {
                rows.AsSpan(start, end - start).Sort((a, b) => a.Key.CompareTo(b.Key));
            }
        }
    }

    /// <summary>Moves one row of each key to the front, in order.</summary>
    /// <param name="rows">Rows in key order; altered.</param>
    /// <param name="conflict">The failure where two rows have the same identity but not the same content.</param>
    /// <returns>Rows that are left.</returns>
    public static int Distinct(Span<RowRef> rows, Func<RowRef, RowRef, LegoNetException> conflict)
    {
        var kept = 0;
        foreach (var row in rows)
        {
            if (kept > 0 && row.Key.Equals(rows[kept - 1].Key))
            {
                // Of two that differ in their maker alone, which one is kept would depend on the order they came in.
                if (!row.SameContent(rows[kept - 1]) || !row.Fingerprint.IsSameEncoder(rows[kept - 1].Fingerprint))
                {
                    throw conflict(rows[kept - 1], row);
                }

                // Equal codes from two kinds of processors: the kind that comes first by name is kept, in whatever order they came in.
                if (string.CompareOrdinal(row.Fingerprint.Processor, rows[kept - 1].Fingerprint.Processor) < 0)
                {
                    rows[kept - 1] = row;
                }

                continue;
            }

            rows[kept++] = row;
        }

        return kept;
    }
}
