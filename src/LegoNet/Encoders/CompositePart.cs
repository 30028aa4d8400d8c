using System.Text.Json;
using LegoNet.Data;

namespace LegoNet.Encoders;

/// <summary>One of the encoders that a <see cref="CompositeEncoder"/> puts side by side, and what of a row it reads.</summary>
internal sealed class CompositePart
{
    private const string ColumnsMember = "columns";

    private readonly IReadOnlyList<string>? _columns;

    /// <summary>Creates the part.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="declaration">Its declaration, canonical JSON.</param>
    /// <param name="columns">The columns whose fields, joined by line feeds, are the text that the encoder reads; null where it reads the row.</param>
    public CompositePart(ICodeEncoder encoder, string declaration, IReadOnlyList<string>? columns)
    {
        (Encoder, _columns) = (encoder, columns);
        CanonicalJson = columns is null ? declaration : WithColumns(declaration, columns);
    }

    /// <summary>The encoder.</summary>
    public ICodeEncoder Encoder { get; }

    /// <summary>The encoder's declaration and the columns.</summary>
    public string CanonicalJson { get; }

    /// <summary>The records as the encoder reads them.</summary>
    /// <exception cref="LegoNetException">A record is no table row, or its source lacks a column.</exception>
    public IReadOnlyList<SourceRecord> Inputs(IReadOnlyList<SourceRecord> records)
    {
        if (_columns is null)
        {
            return records;
        }

        var reader = new RowReader(CompositeEncoder.Type, _columns);
        var fields = new string[_columns.Count];
        var texts = new SourceRecord[records.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            reader.Read(records[i]);
            for (var column = 0; column < fields.Length; column++)
            {
                fields[column] = reader[column];
            }

            texts[i] = records[i] with { Input = new TextInput(string.Join('\n', fields)) };
        }

        return texts;
    }

    // The members are sorted, and what the encoder spelled stays as it is spelled.
    private static string WithColumns(string declaration, IReadOnlyList<string> columns)
    {
        using var document = JsonDocument.Parse(declaration);
        var members = document.RootElement.EnumerateObject()
            .Select(member => (member.Name, Json: member.Value.GetRawText()))
            .Append((Name: ColumnsMember, Json: $"[{string.Join(',', columns.Select(DeclarationJson.String))}]"))
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => $"{DeclarationJson.String(member.Name)}:{member.Json}");
        return $"{{{string.Join(',', members)}}}";
    }
}
