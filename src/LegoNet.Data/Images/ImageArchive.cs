using System.Formats.Tar;
using LegoNet.Data.Archives;
using LegoNet.Data.Files;

namespace LegoNet.Data.Images;

/// <summary>Reads the image files of a .tar or .tar.gz archive in one pass, in the archive's order. Nothing is unpacked to disk.</summary>
internal sealed class ImageArchive : IDisposable
{
    private readonly string _path;
    private readonly Func<string, PathMatch?> _rule;
    private readonly EndWatchingStream _stream;
    private readonly TarReader _reader;
    private string _place;

    private ImageArchive(string path, Func<string, PathMatch?> rule)
    {
        _path = path;
        _rule = rule;
        _stream = new EndWatchingStream(new TarNamesStream(SourceFile.Open(path)));
        _reader = new TarReader(_stream, leaveOpen: true);
        _place = $"{path}: before the first entry";
    }

    /// <summary>Reads the files that a rule takes.</summary>
    /// <exception cref="LegoNetException">
    /// The archive is damaged or cut off, or an entry that the rule takes is a link, too large or unsafely named.
    /// </exception>
    public static IEnumerable<ImageFile> Read(string path, Func<string, PathMatch?> rule, CancellationToken cancellationToken)
    {
        using var archive = new ImageArchive(path, rule);
        while (archive.Next(cancellationToken) is { } file)
        {
            yield return file;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }

    private ImageFile? Next(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var entry = _reader.GetNextEntry(copyData: false);
                if (entry is null)
                {
                    ReadToEnd(cancellationToken);
                    return null;
                }

                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                _place = $"{_path}: after {Printable(name)}";
                if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes || _rule(name) is not { } match)
                {
                    continue;
                }

                var place = $"{_path}: {Printable(name)}";
                CheckName(name, place);
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
                {
                    throw LegoNetException.BadInput($"{place}: is a link or special entry ({entry.EntryType}); only plain files are read.");
                }

                _place = place;
                return new ImageFile(name, match, ReadData(entry, place));
            }
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e) && e is not EndOfStreamException)
        {
            throw SourceFile.Unreadable(_place, e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or LegoNetException))
        {
            // System.Formats.Tar reports malformed headers by many types of exceptions, some of them undocumented; in this block
            // nothing else than the archive can be the cause.
            throw LegoNetException.BadInput($"{_place}: the archive is damaged or cut off.", e);
        }
    }

    private static byte[] ReadData(TarEntry entry, string place)
    {
        ImageSource.CheckSize(entry.Length, place);
        var bytes = new byte[entry.Length];
        entry.DataStream?.ReadExactly(bytes);
        return bytes;
    }

    private static void CheckName(string name, string place)
    {
        if (name.StartsWith('/') || name.Split('/').Any(segment => segment is "." or ".." or ""))
        {
            throw LegoNetException.BadInput($"{place}: the entry's name is no plain relative path.");
        }

        _ = RecordName.Normalize(name, "entry's name", place);
    }

    // Names go to a terminal: control characters are replaced.
    private static string Printable(string name)
        => string.Create(name.Length, name, (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? '?' : text[i];
            }
        });

    // What follows the end mark is padding, but a gzip file shows only at its very end that it is whole.
    private void ReadToEnd(CancellationToken cancellationToken)
    {
        if (_stream.EndReached)
        {
            throw LegoNetException.BadInput($"{_place}: the archive has no end mark, so it is cut off or not a tar archive.");
        }

        var buffer = new byte[64 << 10];
        while (_stream.Read(buffer) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
