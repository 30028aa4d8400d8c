using System.Globalization;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>
/// Settles what the columns of a table are for: by what the request says, by what its owner answers, and by what a first look found. Whose
/// a row is, is never settled in silence.
/// </summary>
internal sealed class SurveyedTable
{
    private const string Nobody = "none";
    private const int MostNumberClasses = 20;
    private const int MostClasses = 1_000;

    private readonly string _path;
    private readonly TableSurvey _survey;
    private readonly InitRequest _request;
    private readonly Questions _questions;
    private readonly List<string> _warnings;
    private readonly List<string> _proposed = [];

    private SurveyedTable(string path, TableSurvey survey, InitRequest request, Questions questions, List<string> warnings)
        => (_path, _survey, _request, _questions, _warnings) = (path, survey, request, questions, warnings);

    /// <summary>Describes a table of which only the file is known.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="context">Terminal, progress and cancellation.</param>
    /// <exception cref="LegoNetException">The file is no table, or a column that must be known is not, or not there.</exception>
    public static TableDescription Describe(string path, InitRequest request, CommandContext context)
    {
        var warnings = new List<string>();
        var survey = TableSurvey.Of(path, request, warnings, context);
        return new SurveyedTable(path, survey, request, new Questions(context), warnings).Describe();
    }

    /// <summary>Describes a table that says only what the records of another file are called: every column but label, subject and id is passed over.</summary>
    /// <inheritdoc cref="Describe(string, InitRequest, CommandContext)"/>
    public static TableDescription DescribeRoles(string path, InitRequest request, CommandContext context)
    {
        var warnings = new List<string>();
        var survey = TableSurvey.Of(path, request, warnings, context);
        return new SurveyedTable(path, survey, request, new Questions(context), warnings).Roles();
    }

    private TableDescription Describe()
    {
        foreach (var (option, column) in _request.Texts.Select(t => ("--text", t)).Concat(_request.Ignored.Select(i => ("--ignore", i))))
        {
            Require(column, option);
        }

        if (_request.Texts.FirstOrDefault(_request.Ignored.Contains) is { } both)
        {
            throw LegoNetException.BadInput($"{_path}: the column \"{Words.Shown(both)}\" is both --text and --ignore; choose one of them.");
        }

        RequireDecimalPoints();
        var roles = Roles();
        RequireOneRole(roles.Label, "label", "--text", _request.Texts);
        RequireOneRole(roles.Label, "label", "--ignore", _request.Ignored);
        RequireOneRole(roles.Subject, "subject", "--text", _request.Texts);
        RequireOneRole(roles.Id, "id", "--text", _request.Texts);
        var leftOut = new List<(string, string)>();
        var inputs = new List<DescribedColumn>();
        foreach (var column in _survey.Columns.Where(c => c.Name != roles.Label && c.Name != roles.Subject && c.Name != roles.Id))
        {
            var why = _request.Texts.Contains(column.Name) ? null : WhyNot(column);
            if (why is null)
            {
                inputs.Add(Input(column));
            }
            else if (why.Length > 0)
            {
                leftOut.Add((column.Name, why));
            }
        }

        if (inputs.Count == 0)
        {
            var reason = leftOut.Count == 0 ? "" : $" ({Words.Shown(leftOut[0].Item1)}: {leftOut[0].Item2})";
            throw LegoNetException.BadInput($"{_path}: beside label, subject and id there is no column to learn from{reason}.");
        }

        return roles with { Columns = [.. roles.Columns, .. inputs], LeftOut = leftOut };
    }

    // The description but for its inputs.
    private TableDescription Roles()
    {
        if (_questions.CanAsk && (_request.Label is null || _request.Subject is null || _request.Id is null))
        {
            var size = $"{Path.GetFileName(_path)}: {Plural.Of(_survey.Rows, "row")}, {Plural.Of(_survey.Columns.Count, "column")}.";
            _questions.Say([size, .. _survey.Describe(), ""]);
        }

        var label = Label();
        var task = Task(label);
        var subject = Subject(label);
        var id = Id(label, subject);
        if (_request.Test is null)
        {
            _warnings.Add("no test records: keep some rows (or better, people) in a file of their own and name it with --test, to measure what was learned.");
        }

        return new TableDescription
        {
            Origin = _path,
            Path = _path,
            Layout = _survey.Layout,
            HasHeader = _survey.Layout.HasHeader,
            Columns = [new DescribedColumn(label.Name, ColumnPurpose.Ignore, Format(label), false)],
            Label = label.Name,
            Subject = subject?.Name,
            Id = id?.Name,
            Task = task,
            Test = _request.Test,
            Warnings = _warnings,
            Proposed = _proposed,
        };
    }

    private ColumnSurvey Label()
    {
        if (_request.Label is { } given)
        {
            return Require(given, "--label");
        }

        var usual = _survey.Columns.FirstOrDefault(c => Words.Of(c.Name) is ["label"])
            ?? _survey.Columns.FirstOrDefault(c => Words.Of(c.Name) is ["target"] or ["class"] or ["category"] or ["outcome"] or ["y"]);
        if (!_questions.CanAsk)
        {
            return usual is not null && Words.Of(usual.Name) is ["label"] ? usual
                : throw LegoNetException.BadInput(
                    $"{_path}: which column is to be predicted is not said; name it with --label (its columns are {Words.List(Names)}).");
        }

        usual ??= _survey.Columns.LastOrDefault(c => c.Kind is ColumnKind.Boolean or ColumnKind.Categories);
        return _questions.Ask("Which column is to be predicted? Type its name or its number", usual?.Name, Find)!;
    }

    private LearningTask? Task(ColumnSurvey label)
    {
        var name = Words.Shown(label.Name);
        switch (label.Kind)
        {
            case ColumnKind.DecimalCommas:
                throw DecimalCommas([label]);
            case ColumnKind.Date:
                throw LegoNetException.BadInput($"{_path}: column \"{name}\" holds dates or times, which cannot be predicted; choose another --label.");
            case ColumnKind.Empty:
                throw LegoNetException.BadInput($"{_path}: column \"{name}\" holds nothing to predict; choose another --label.");
        }

        if (_request.Task is { } task)
        {
            return task;
        }

        var looksLikeId = label.Kind == ColumnKind.Unique || (label.IsCalledId && label.IsUnique && label.Rows > MostNumberClasses);
        if (label.Kind == ColumnKind.Number && !looksLikeId)
        {
            var isRegression = !label.IsWhole || label.HasMore || label.Distinct > MostNumberClasses;
            if (isRegression || label.Distinct > 2)
            {
                _proposed.Add(isRegression
                    ? "task: a number is predicted (--task multiclass for classes)"
                    : "task: a class is predicted (--task regression for a number)");
            }

            return isRegression ? LearningTask.Regression : null;
        }

        var areFew = label.Distinct <= MostNumberClasses || (label.Distinct <= MostClasses && label.Distinct <= label.Rows / 2);
        return areFew && !looksLikeId && !label.HasMore ? null
            : throw LegoNetException.BadInput(
                $"{_path}: column \"{name}\" holds {label.Distinct:N0}{(label.HasMore ? " or more" : "")} different values in {Plural.Of(label.Rows, "row")}, "
                + "so it looks like an id or a text and not like classes; choose another --label, or insist with --task multiclass.");
    }

    private ColumnSurvey? Subject(ColumnSurvey label)
    {
        if (_request.Subject is { } given)
        {
            return NotLabel(Require(given, "--subject"), label, "--subject");
        }

        // A person may have several mail addresses, so a column that says who it is comes first.
        var candidates = _survey.Columns.Where(c => c != label && c.CanName && c.IsCalledSubject && c.Rows == _survey.Rows && c.Distinct > 1)
            .OrderBy(c => Words.Of(c.Name) is ["email" or "mail"])
            .ToList();
        if (_questions.CanAsk)
        {
            return _questions.Ask<ColumnSurvey?>(
                "Whose data is a row? Name the column that says which person (customer, patient, household, …) it belongs to:\n"
                + $"all rows of a person can then be forgotten together. \"{Nobody}\" if every row is another person",
                candidates.FirstOrDefault()?.Name ?? Nobody,
                answer => Optional(answer, label));
        }

        if (candidates.FirstOrDefault(c => !c.IsUnique) is { } likely)
        {
            _warnings.Add($"\"{Words.Shown(likely.Name)}\" may say whose data a row is: name it with --subject if it does.");
        }

        return null;
    }

    private ColumnSurvey? Id(ColumnSurvey label, ColumnSurvey? subject)
    {
        if (_request.Id is { } given)
        {
            return NotLabel(Require(given, "--id"), label, "--id");
        }

        var unique = _survey.Columns
            .Where(c => c != label && c.Kind == ColumnKind.Unique && c.Rows == _survey.Rows && !_request.Texts.Contains(c.Name))
            .ToList();
        var usual = unique.FirstOrDefault(c => c != subject && c.IsCalledId)
            ?? unique.FirstOrDefault(c => c == subject)
            ?? unique.FirstOrDefault(c => c.IsCalledId || c.IsCalledSubject)
            ?? unique.FirstOrDefault();
        if (_questions.CanAsk)
        {
            return _questions.Ask<ColumnSurvey?>(
                "Which column names a row, so that it alone can be corrected or forgotten (a ticket number, an order number)?\n"
                + $"\"{Nobody}\" to go by the row's place in the file",
                usual?.Name is { Length: > 0 } name ? name : Nobody,
                answer => Optional(answer, label));
        }

        if (usual is null || usual.Name.Length == 0)
        {
            return null;
        }

        _proposed.Add($"{Words.Shown(usual.Name)}: the id of a row, since every row has another (--id for another column)");
        return usual;
    }

    // Null for an input; empty for what is ignored because somebody said so.
    private string? WhyNot(ColumnSurvey column) => _request.Ignored.Contains(column.Name) ? "" : column.Kind switch
    {
        _ when column.Name.Length == 0 => "it has no name",
        ColumnKind.Empty => "it has no values",
        ColumnKind.Date => "dates and times have no built-in encoding; a column of numbers, such as days since a fixed date, has one",
        ColumnKind.MostlyNumbers => $"{Place(column.FirstOther!)} holds no number where most rows do; correct it, or leave the field empty",
        ColumnKind.Unique => "every row has another value, as an id has",
        ColumnKind.Person => "it seems to say who somebody is (--text takes it all the same)",
        ColumnKind.Names => $"it has {column.Distinct:N0}{(column.HasMore ? " or more" : "")} values with few rows each, "
            + "as names of people have (--text takes it all the same)",
        _ => null,
    };

    private DescribedColumn Input(ColumnSurvey column)
        => _request.Texts.Contains(column.Name) || column.Kind == ColumnKind.Text
            ? new DescribedColumn(column.Name, ColumnPurpose.Text, ColumnFormat.String, false)
            : new DescribedColumn(column.Name, ColumnPurpose.Feature, Format(column), column.Kind == ColumnKind.Categories);

    private static ColumnFormat Format(ColumnSurvey column) => column.Kind switch
    {
        ColumnKind.Boolean => ColumnFormat.Boolean,
        ColumnKind.Number => ColumnFormat.Number,
        _ => ColumnFormat.String,
    };

    private IReadOnlyList<string> Names => [.. _survey.Columns.Select(c => c.Name)];

    private ColumnSurvey Require(string name, string option)
        => _survey.Columns.FirstOrDefault(c => c.Name == name)
        ?? throw LegoNetException.BadInput($"{_path}: has no column \"{Words.Shown(name)}\" ({option}); "
            + $"its columns are {NearNames.List(name, [.. Names.Select(Words.Shown)])}.");

    private void RequireOneRole(string? column, string role, string option, IReadOnlyList<string> columns)
    {
        if (column is not null && columns.Contains(column))
        {
            throw LegoNetException.BadInput($"{_path}: the column \"{Words.Shown(column)}\" is the {role}, so it cannot be {option} too.");
        }
    }

    // Before anybody is asked: a file that must be saved again comes first.
    private void RequireDecimalPoints()
    {
        var columns = _survey.Columns
            .Where(c => c.Kind == ColumnKind.DecimalCommas && !_request.Ignored.Contains(c.Name) && !_request.Texts.Contains(c.Name))
            .ToList();
        if (columns.Count > 0)
        {
            throw DecimalCommas(columns);
        }
    }

    private ColumnSurvey NotLabel(ColumnSurvey column, ColumnSurvey label, string option) => column != label ? column
        : throw LegoNetException.BadInput($"{_path}: the column \"{Words.Shown(column.Name)}\" is the label, so it cannot be {option} too.");

    private (ColumnSurvey? Column, string? Problem) Find(string answer)
    {
        var column = _survey.Columns.FirstOrDefault(c => c.Name == answer);
        if (column is null && int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            column = _survey.Columns.ElementAtOrDefault(number - 1);
        }

        return (column, column is null ? $"There is no column \"{Words.Shown(answer)}\"; type one of the names or numbers above." : null);
    }

    private (ColumnSurvey? Column, string? Problem) Optional(string answer, ColumnSurvey label)
    {
        if (answer.Equals(Nobody, StringComparison.OrdinalIgnoreCase) && _survey.Columns.All(c => c.Name != answer))
        {
            return (null, null);
        }

        var (column, problem) = Find(answer);
        return column == label && column is not null ? (null, "That is the column to be predicted; choose another one.")
            : column is { Rows: var rows } && rows < _survey.Rows
                ? (null, $"There is nothing in {Plural.Of(_survey.Rows - rows, "row")} of it; choose another one, or none.")
            : (column, problem);
    }

    private LegoNetException DecimalCommas(List<ColumnSurvey> columns)
    {
        var names = string.Join(", ", columns.Take(20).Select(c => $"\"{Words.Shown(c.Name)}\"")) + (columns.Count > 20 ? ", …" : "");
        var (them, have) = (Plural.Form(columns.Count, "column", "columns"), Plural.Form(columns.Count, "has", "have"));
        var orElse = columns.Any(c => c.Name == _request.Label) ? "" : $", or leave the {them} out with --ignore";
        return LegoNetException.BadInput(
            $"{columns[0].FirstOther}: {them} {names} {have} decimal commas, which LegoNet does not read; save the file with decimal points{orElse}.");
    }

    private string Place(string origin) => origin.StartsWith(_path, StringComparison.Ordinal) ? origin[_path.Length..].TrimStart(':', ' ') : origin;
}
