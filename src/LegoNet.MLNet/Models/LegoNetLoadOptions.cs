using LegoNet.MLNet.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.MLNet;

/// <summary>How a model directory is opened as a step of a pipeline.</summary>
public sealed class LegoNetLoadOptions
{
    /// <summary>The column that is scored. Default: null, as at training where that is kept beside the model, else "Features".</summary>
    public string? FeatureColumnName { get; set; }

    /// <summary>
    /// The label column of rows to add, correct or evaluate. Default: null, as at training where that is kept beside the model, else "Label".
    /// </summary>
    public string? LabelColumnName { get; set; }

    /// <summary>
    /// The subject column of rows to add or correct. Default: null, as at training. Where nothing is kept beside the model (it was made by
    /// the legonet tool, or copied without its .run.json), rows can be scored, and are neither added nor corrected until this or
    /// <see cref="IdColumnName"/> is named; with an id column alone, the id is the subject.
    /// </summary>
    public string? SubjectColumnName { get; set; }

    /// <summary>
    /// The id column of rows to add or correct. Default: null, as at training. Rows of a model that was trained without one are named by their
    /// position in the view: such rows are not corrected, and added only if there is a subject column.
    /// </summary>
    public string? IdColumnName { get; set; }

    /// <summary>The tag key's file. Default: null, the model's path with ".key" appended. Needed to change the model, not to score.</summary>
    public string? TagKeyPath { get; set; }

    /// <summary>The signing key's file. Default: null, the model's path with ".signing.pem" appended. Needed to change the model, not to score.</summary>
    public string? SigningKeyPath { get; set; }

    /// <summary>
    /// Multiclass: the classes in the order of a label column's key, so that evaluators, which compare by key number, can be used with that
    /// column. Must name every class of the model; more are allowed. Default: null. Rows to score that have the label column as a key with values
    /// then get their predictions in that key's order, followed by classes that it lacks, and other rows, as well as saved and exported
    /// scorers, in the order in which the model declares them.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; set; }

    /// <summary>Threads for fitting after a change. Default: all processors. Range: 1 to 1024.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// Opens the model without the steps around it that are kept beside it (<see cref="LegoNetModelCatalog.SaveLegoNet"/>): to forget where their file
    /// is lost, or to put other steps in front. Default: false.
    /// </summary>
    public bool WithoutSteps { get; set; }

    internal ILogger Logger { get; set; } = NullLogger.Instance;

    internal void Validate()
    {
        OptionRules.RequireNullOrNotBlank(FeatureColumnName, nameof(FeatureColumnName));
        OptionRules.RequireNullOrNotBlank(LabelColumnName, nameof(LabelColumnName));
        OptionRules.RequireNullOrNotBlank(SubjectColumnName, nameof(SubjectColumnName));
        OptionRules.RequireNullOrNotBlank(IdColumnName, nameof(IdColumnName));
        OptionRules.RequireNullOrNotBlank(TagKeyPath, nameof(TagKeyPath));
        OptionRules.RequireNullOrNotBlank(SigningKeyPath, nameof(SigningKeyPath));
        OptionRules.RequireRange(Threads, 1, 1024, nameof(Threads));
    }

    internal LegoNetLoadOptions With(ILogger logger)
    {
        var copy = (LegoNetLoadOptions)MemberwiseClone();
        copy.Logger = logger;
        return copy;
    }
}
