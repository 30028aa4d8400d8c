using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>What a Model Builder configuration over a table says, as a description.</summary>
internal static class ModelBuilderTable
{
    /// <summary>Describes the table.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="request">What is asked for beside it.</param>
    /// <exception cref="LegoNetException">The configuration names no label or no features, or its data is not found.</exception>
    public static TableDescription Describe(ModelBuilderConfig config, InitRequest request)
    {
        var label = config.Label
            ?? throw LegoNetException.BadInput($"{config.File}: names no label column; choose the column to predict in Model Builder first.");
        if (label == request.Subject || label == request.Id)
        {
            throw LegoNetException.BadInput($"{config.File}: the column \"{label}\" is the label, so it can be neither --subject nor --id.");
        }

        var (test, warning) = Test(config, request);
        return new TableDescription
        {
            Origin = config.File,
            Path = Data(config, request),
            Separator = config.Delimiter,
            HasHeader = config.HasHeader,
            Quotes = config.Quotes,
            HasDecimalComma = config.HasDecimalComma,
            Columns = Columns(config, request, label),
            Label = label,
            Subject = request.Subject,
            Id = request.Id,
            Task = config.Scenario == ModelBuilderScenario.Regression ? LearningTask.Regression : null,
            IsTextOnly = config.Scenario == ModelBuilderScenario.TextClassification,
            Test = test,
            Warnings = warning is null ? [] : [warning],
        };
    }

    private static string Data(ModelBuilderConfig config, InitRequest request) => request.Data is null
        ? DataPlace.Find(config.File, config.DataPath, File.Exists)
            ?? throw LegoNetException.BadInput(
                $"{config.File}: its data ({DataPlace.Name(config.DataPath)}) is neither where it says nor beside it; name the file with --data.")
        : File.Exists(request.Data) ? Path.GetFullPath(request.Data)
        : throw LegoNetException.BadInput($"{request.Data}: no such file.");

    private static (string? File, string? Warning) Test(ModelBuilderConfig config, InitRequest request)
        => request.Test is { } test ? (test, null)
        : config.ValidationPath is not { Length: > 0 } validation
            ? (null, "no test records: Model Builder's own split is not taken over; name a file that was kept apart with --test.")
        : DataPlace.Find(config.File, validation, File.Exists) is { } found ? (found, null)
        : (null, $"no test records: the validation file ({DataPlace.Name(validation)}) is neither where the configuration says nor beside it.");

    // Every column of the file, in its order; what is not to be learned from is ignored.
    private static List<DescribedColumn> Columns(ModelBuilderConfig config, InitRequest request, string label)
    {
        var isText = config.Scenario == ModelBuilderScenario.TextClassification;
        var text = config.Text is { } named && named != label && named != request.Subject && named != request.Id ? named : null;
        var columns = config.Columns.Select(c => c with { Purpose = IsInput(c) ? c.Purpose : ColumnPurpose.Ignore }).ToList();
        if (isText && text is not null && columns.All(c => c.Name != text))
        {
            columns.Add(new DescribedColumn(text, ColumnPurpose.Text, ColumnFormat.String, false));
        }

        return columns.Any(c => c.Purpose != ColumnPurpose.Ignore) ? columns
            : throw LegoNetException.BadInput($"{config.File}: names no {(isText ? "text" : "feature")} column beside the label.");

        bool IsInput(DescribedColumn column)
            => column.Purpose is ColumnPurpose.Feature or ColumnPurpose.Text
            && column.Name != label && column.Name != request.Subject && column.Name != request.Id
            && (!isText || (text is null ? column.Format == ColumnFormat.String : column.Name == text));
    }
}
