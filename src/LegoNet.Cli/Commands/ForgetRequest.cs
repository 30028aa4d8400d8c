using System.CommandLine;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>Whom and what to forget, as commands take it: --subject and --id, or --file.</summary>
internal sealed class ForgetRequest
{
    private readonly Option<string?> _subject = new("--subject") { Description = "Forget everything of this subject." };
    private readonly Option<string?> _id = new("--id") { Description = "Forget only this record of the subject." };
    private readonly Option<string?> _file = new("--file") { Description = "Forget what the file names: one a line, a subject, or subject TAB id." };
    private readonly Option<bool> _ignore = new("--ignore-unknown")
    {
        Description = "Pass over subjects and records of which nothing is stored, so that a file can be run again.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_subject, _id, _file, _ignore])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            // Whether they were given, not what they say: an option given twice has no value, and the parser's own message says so.
            bool Given(Option option) => result.GetResult(option) is not null;
            if (Given(_subject) == Given(_file) || (Given(_id) && !Given(_subject)))
            {
                result.AddError("Give either --subject (and --id), or --file.");
            }
        });
    }

    /// <summary>The file of requests; null where there is none.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(_file);

    public bool IgnoresUnknown(ParseResult parsed) => parsed.GetValue(_ignore);

    /// <summary>The targets.</summary>
    /// <exception cref="LegoNetException">The file cannot be read, or names nobody.</exception>
    public List<ForgetTarget> Targets(ParseResult parsed)
        => File(parsed) is { } path ? Cli.Targets.Read(path) : [new ForgetTarget(parsed.GetValue(_subject)!, parsed.GetValue(_id))];
}
