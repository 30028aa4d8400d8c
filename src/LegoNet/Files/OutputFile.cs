namespace LegoNet.Files;

/// <summary>
/// A file that is written where a user asked. Before the work it is checked that nothing is lost by it: no file of a model, no key,
/// no input, nothing of another kind. It is written as a draft beside its place and gets its name when it is complete, so that what
/// was there stays until then, and the bytes under other names of it for good.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private OutputFile(string path, string draft)
    {
        Path = path;
        DraftPath = draft;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Where it is written until <see cref="Complete"/>; the path itself where that is a pipe or a device.</summary>
    public string DraftPath { get; }

    /// <summary>Whether it is a pipe, a terminal or a device, which has no draft and is never read again.</summary>
    public bool IsStream => DraftPath == Path;

    /// <summary>A file to write, once it is sure that it can be and may be.</summary>
    /// <param name="path">The path as given; messages name it.</param>
    /// <param name="kind">What will be written.</param>
    /// <param name="force">Whether a file of another kind may be replaced. Inputs, keys and files of models never are.</param>
    /// <param name="inputs">Files that the work reads, key files among them; those that are null, empty or not there are passed over.</param>
    /// <exception cref="LegoNetException">The file cannot be written, or would replace what must stay.</exception>
    public static OutputFile Prepare(string path, OutputKind kind, bool force = false, params IEnumerable<string?> inputs)
    {
        if (FileStatus.Of(path) is { IsStream: true })
        {
            return new OutputFile(System.IO.Path.GetFullPath(path), System.IO.Path.GetFullPath(path));
        }

        var real = RealPath.Of(path);
        if (Directory.Exists(real))
        {
            throw LegoNetException.BadInput($"{path}: is a folder, where a file is to be written.");
        }

        ModelGround.Avoid(path);
        if (inputs.Any(input => !string.IsNullOrEmpty(input) && RealPath.IsSame(real, input)))
        {
            throw LegoNetException.BadInput($"{path}: is read or used for this, so it cannot be written too; choose another file.");
        }

        if (new FileInfo(real) is { Exists: true, Length: > 0 })
        {
            RequireReplaceable(path, real, kind, force);
        }

        var output = new OutputFile(real, DraftOf(real, Guid.NewGuid().ToString("N")));
        output.Try(() =>
        {
            File.WriteAllBytes(output.DraftPath, []);
            File.Delete(output.DraftPath);
        });
        return output;
    }

    /// <summary>The name of a draft.</summary>
    /// <param name="path">The file's real path.</param>
    /// <param name="own">What only its writer says.</param>
    public static string DraftOf(string path, string own) => $"{path}.{own}.new";

    /// <summary>The same file with a draft whose name is known, so that whoever comes after a crash replaces or removes it.</summary>
    public OutputFile DraftedAs(string own) => IsStream ? this : new OutputFile(Path, DraftOf(Path, own));

    /// <summary>Writes the whole file durably.</summary>
    /// <exception cref="LegoNetException">It cannot be written; what was there is as it was.</exception>
    public void Write(ReadOnlyMemory<byte> bytes)
    {
        Draft([bytes]);
        Try(Complete);
    }

    /// <summary>Writes the whole draft durably, piece by piece.</summary>
    /// <exception cref="LegoNetException">It cannot be written; what was there is as it was.</exception>
    public void Draft(IEnumerable<ReadOnlyMemory<byte>> pieces) => Try(() =>
    {
        using var stream = new FileStream(DraftPath, FileMode.Create, FileAccess.Write, FileShare.Delete); // A change of the model may remove it meanwhile.
        foreach (var piece in pieces)
        {
            stream.Write(piece.Span);
        }

        stream.Flush(flushToDisk: true);
    });

    /// <summary>Gives the draft its name.</summary>
    public void Complete()
    {
        if (!IsStream)
        {
            File.Move(DraftPath, Path, overwrite: true);
        }
    }

    /// <summary>Removes a draft that was not completed.</summary>
    public void Dispose()
    {
        if (!IsStream)
        {
            try
            {
                File.Delete(DraftPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The failure that brought us here says more than this one.
            }
        }
    }

    private static void RequireReplaceable(string path, string real, OutputKind kind, bool force)
    {
        if (OutputKind.IsKey(real))
        {
            throw LegoNetException.BadInput($"{path}: holds a key, which is never replaced; choose another file.");
        }

        if (!force && !kind.Is(real))
        {
            throw LegoNetException.BadInput(
                $"{path}: is there and is not {kind.Name}, so it is not replaced; choose another file.",
                reason: LegoNetReason.OtherKind);
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw LegoNetException.BadInput($"{Path}: cannot be written ({LegoNetException.Cause(e)}).", e);
        }
    }
}
