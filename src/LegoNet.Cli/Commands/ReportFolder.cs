using System.Text;
using LegoNet.Files;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Reports;

namespace LegoNet.Cli.Commands;

/// <summary>The folder that `legonet compare` writes. It is checked before anything else is done, and gets its files when all is known.</summary>
internal sealed class ReportFolder : IDisposable
{
    private static readonly OutputKind s_page = OutputKind.Table("a report", ReportWriter.FirstLine);
    private static readonly OutputKind s_json = OutputKind.Json("a report", "facts", "methods", "tasks");

    private readonly bool _isNew;
    private readonly List<(OutputFile File, Func<ComparisonResult, string> Text)> _files = [];

    private ReportFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _isNew = !Directory.Exists(Path);
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The page.</summary>
    public string Page => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Makes the folder where there is none, and makes sure that its files can be written.</summary>
    /// <param name="path">--out.</param>
    /// <param name="force">Whether files of another kind may be replaced.</param>
    /// <param name="inputs">Files that the work reads.</param>
    /// <exception cref="LegoNetException">A file cannot be written, or would replace what must stay.</exception>
    public static ReportFolder Prepare(string path, bool force, IReadOnlyList<string?> inputs)
    {
        var folder = new ReportFolder(path);
        ModelGround.Avoid(folder.Page);
        if (File.Exists(path))
        {
            throw LegoNetException.BadInput($"{path}: is a file, where a folder is to be written.");
        }

        try
        {
            Directory.CreateDirectory(folder.Path);
            folder.Add("report.json", s_json, ReportWriter.Json, force, inputs);
            folder.Add("report.md", s_page, ReportWriter.Markdown, force, inputs);
            folder.Add("report.html", s_page, ReportWriter.Html, force, inputs);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LegoNetException.BadInput($"{path}: cannot be written ({e.Message.TrimEnd('.')}).");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Writes the report, all of whose files are made before the first is written.</summary>
    public void Write(ComparisonResult result)
    {
        Directory.CreateDirectory(Path);
        foreach (var (file, bytes) in _files.Select(f => (f.File, Encoding.UTF8.GetBytes(f.Text(result)))).ToArray())
        {
            file.Write(bytes);
        }
    }

    /// <summary>Takes away what was begun.</summary>
    public void Dispose()
    {
        _files.ForEach(f => f.File.Dispose());
        if (_isNew && Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
        {
            Directory.Delete(Path);
        }
    }

    private void Add(string name, OutputKind kind, Func<ComparisonResult, string> text, bool force, IReadOnlyList<string?> inputs)
        => _files.Add((OutputFile.Prepare(System.IO.Path.Combine(Path, name), kind, force, inputs), text));
}
