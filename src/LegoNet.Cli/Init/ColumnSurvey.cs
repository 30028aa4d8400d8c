using System.Globalization;
using LegoNet.Data;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Cli.Init;

/// <summary>What a first look at a column's fields found, before anybody said what the column is for.</summary>
/// <param name="name">The column's name.</param>
/// <param name="valuesHeld">Distinct values to tell apart.</param>
internal sealed class ColumnSurvey(string name, int valuesHeld)
{
    private const double Most = 0.9;
    private const int FewRows = 20;
    private const int FewValues = 20;
    private const int ManyValues = 50;
    private const int RowsPerName = 20;
    private const double WordsOfText = 4;
    private const int LettersOfText = 15;

    private static readonly string[] s_booleans = ["true false", "yes no", "y n", "t f", "0 1", "ja nein", "oui non"];
    private static readonly HashSet<string> s_subjects =
    [
        "account", "applicant", "author", "borrower", "citizen", "client", "contact", "customer", "employee", "guest", "holder", "household", "member",
        "owner", "passenger", "patient", "person", "policyholder", "sender", "student", "subject", "subscriber", "user", "username", "visitor",
    ];

    private static readonly HashSet<string> s_contacts =
    [
        "address", "email", "fax", "firstname", "fullname", "iban", "lastname", "login", "mail", "mobile", "passport", "phone", "ssn", "street", "surname",
        "telephone",
    ];

    private static readonly HashSet<string> s_ids = ["guid", "id", "identifier", "index", "key", "no", "nr", "number", "uid", "uuid"];
    private static readonly HashSet<string> s_partsOfNames = ["family", "first", "full", "given", "last", "maiden", "middle", "name", "names"];

    private static readonly string[] s_dates =
    [
        "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "M-d-yyyy", "d.M.yy", "d/M/yy", "M/d/yy", "yyyy-MM",
        "HH:mm", "HH:mm:ss",
    ];

    private readonly HashSet<ulong> _values = [];
    private readonly IReadOnlyList<string> _words = Init.Words.Of(name);
    private readonly List<string> _first = [];
    private bool _repeated;
    private long _numbers;
    private long _whole;
    private long _commas;
    private long _dates;
    private long _contacts;
    private long _wordCount;
    private long _letters;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>Rows that have a value.</summary>
    public long Rows { get; private set; }

    /// <summary>Distinct values, as far as they were told apart.</summary>
    public int Distinct => _values.Count;

    /// <summary>True where there are more values than were told apart.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The first row that holds no number, for a sentence about it.</summary>
    public string? FirstOther { get; private set; }

    /// <summary>Whether all numbers are whole.</summary>
    public bool IsWhole => _whole == _numbers;

    /// <summary>What the fields look like.</summary>
    public ColumnKind Kind => field == default && Rows > 0 ? field = Find() : field;

    /// <summary>Whether the name says that the column names somebody.</summary>
    public bool IsCalledSubject
    {
        get
        {
            var words = _words.Where(w => !s_ids.Contains(w)).ToArray();
            return (words.Length > 0 && s_subjects.Contains(words[^1])) || words is ["email" or "mail"];
        }
    }

    /// <summary>Whether the name says that the column names a row, or something else by a key.</summary>
    public bool IsCalledId => _words.Count > 0 && s_ids.Contains(_words[^1]);

    /// <summary>Whether every row has a value that no other has.</summary>
    public bool IsUnique => Rows > 0 && !_repeated;

    /// <summary>Whether it can be whose the rows are, or what they are called.</summary>
    public bool CanName => Kind is not (ColumnKind.Empty or ColumnKind.Boolean or ColumnKind.Date or ColumnKind.Text or ColumnKind.DecimalCommas)
        && !(Kind == ColumnKind.Number && !IsWhole);

    /// <summary>Takes a row's field.</summary>
    /// <param name="value">The field.</param>
    /// <param name="record">The row, for its place.</param>
    public void Add(string value, SourceRecord record)
    {
        if (TableColumnProposal.MissingMarks.Contains(value, StringComparer.Ordinal))
        {
            return;
        }

        Rows++;
        Count(value);
        _letters += value.Length;
        var span = value.AsSpan();
        _wordCount += span.Count(' ') + 1;
        if (double.TryParse(span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 1e300)
        {
            _numbers++;
            _whole += number == Math.Floor(number) ? 1 : 0;
            _min = Math.Min(_min, number);
            _max = Math.Max(_max, number);
            return;
        }

        FirstOther ??= record.Origin;
        _commas += span.Count(',') == 1 && double.TryParse(value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? 1 : 0;
        _dates += IsDate(value) ? 1 : 0;
        _contacts += IsContact(value) ? 1 : 0;
    }

    /// <summary>What the column holds, for somebody who is asked about it: never a value, which may be a person's.</summary>
    public string Describe()
    {
        var values = $"{Distinct:N0}{(HasMore ? " or more" : "")}";
        return Kind switch
        {
            ColumnKind.Empty => "nothing",
            ColumnKind.Boolean => string.Join(" or ", _first),
            ColumnKind.Number => $"{(IsWhole ? "whole numbers" : "numbers")}, {values} different",
            ColumnKind.MostlyNumbers => "numbers, but not in every row",
            ColumnKind.DecimalCommas => "numbers with decimal commas",
            ColumnKind.Date => "dates or times",
            ColumnKind.Categories => $"{values} different values",
            ColumnKind.Text => $"text, about {Math.Max(1, _wordCount / Rows):N0} words a row",
            ColumnKind.Unique => "another value in every row",
            _ => $"{values} different values, {(double)Rows / Distinct:F1} rows each",
        };
    }

    private ColumnKind Find()
    {
        if (Distinct <= 2 && s_booleans.Any(b => _first.All(f => b.Split(' ').Contains(f, StringComparer.OrdinalIgnoreCase))))
        {
            return ColumnKind.Boolean;
        }

        if (_numbers == Rows)
        {
            return NumberKind();
        }

        return _commas + _numbers == Rows ? ColumnKind.DecimalCommas
            : _dates >= Most * Rows ? ColumnKind.Date
            : _contacts >= Most * Rows || (IsCalledContact && Distinct > FewValues) ? ColumnKind.Person
            : _numbers >= Most * Rows ? ColumnKind.MostlyNumbers
            : IsText ? ColumnKind.Text
            : IsUnique && Rows >= FewRows ? ColumnKind.Unique
            : IsCalledSubject && Distinct > FewValues ? ColumnKind.Person
            : HasMore || (Distinct > ManyValues && Rows < (long)Distinct * RowsPerName) ? ColumnKind.Names
            : ColumnKind.Categories;
    }

    private ColumnKind NumberKind()
    {
        var isCounter = _max - _min == Rows - 1;
        var isName = IsCalledId || IsCalledSubject || IsCalledContact || Name.Length == 0;
        return IsWhole && Rows >= FewRows && IsUnique && (isName || isCounter) ? ColumnKind.Unique
            : IsWhole && Distinct > FewValues && isName ? ColumnKind.Person
            : ColumnKind.Number;
    }

    private bool IsCalledContact
        => _words.Count > 0 && (s_contacts.Contains(_words[^1]) || _words.All(w => s_partsOfNames.Contains(w) || s_subjects.Contains(w)))
        && !(_words.Count == 1 && s_subjects.Contains(_words[0]));

    private bool IsText
    {
        get
        {
            // Scripts without blanks between words have long fields of one "word".
            var isLong = (double)_wordCount / Rows >= WordsOfText || (_wordCount < 2 * Rows && _letters / Rows >= LettersOfText && _first.Any(HasIdeographs));
            return isLong && (HasMore || Distinct > 0.3 * Rows || Distinct > ManyValues);
        }
    }

    private static bool HasIdeographs(string value) => value.Any(c => c is >= '\u3040' and <= '\u9fff' or >= '\u0e00' and <= '\u0e7f');

    private static bool IsDate(string value)
        => value.Length is >= 5 and <= 40 && char.IsAsciiDigit(value[0])
        && (DateTime.TryParseExact(value, s_dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            || (value.Length >= 10 && value.Any(c => c is '-' or '/' or '.') && DateTime.TryParse(value, CultureInfo.InvariantCulture, out _)));

    private static bool IsContact(string value)
        => (value.Contains('@', StringComparison.Ordinal) && !value.Contains(' ', StringComparison.Ordinal))
        || (value.Count(char.IsAsciiDigit) >= 7 && value.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '(' or ')' or ' ' or '/'));

    // Told apart by 64 bits of a hash: a column of a million values stays small.
    private void Count(string value)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in value)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        if (_values.Contains(hash))
        {
            _repeated = true;
        }
        else if (_values.Count >= valuesHeld)
        {
            HasMore = true;
        }
        else
        {
            _values.Add(hash);
            if (_first.Count < 3)
            {
                _first.Add(value);
            }
        }
    }
}
