using LegoNet.Files;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Files;

public class FileViewTests
{
    [Fact]
    public void Map_ManyFiles_KeepsNoneOpen()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "this system does not list open files");
        using var folder = new TempFolder();
        var path = folder["file"];
        File.WriteAllBytes(path, [1, 2, 3]);
        var views = Enumerable.Range(0, 50).Select(_ => FileView.Map(path)).ToArray();
        Assert.DoesNotContain(path, Directory.EnumerateFiles("/proc/self/fd").Select(Target));
        File.Delete(path);
        foreach (var view in views)
        {
            Assert.Equal([1, 2, 3], view.Memory.ToArray());
            ((IDisposable)view).Dispose();
            Assert.True(view.GetSpan().IsEmpty);
        }

        static string? Target(string descriptor)
        {
            try
            {
                return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
            }
            catch (IOException)
            {
                return null; // Closed meanwhile.
            }
        }
    }

    [Fact]
    public void Map_MoreFilesThanAProcessMayMap_CopiesTheRest()
    {
        // Linux allows 65,530 areas unless told otherwise, and ends a process that needs more.
        const int Views = 70_000;
        using var folder = new TempFolder();
        var path = folder["file"];
        File.WriteAllBytes(path, [1, 2, 3]);
        var views = Enumerable.Range(0, Views).Select(_ => FileView.Map(path)).ToArray();
        Assert.All(views, view => Assert.Equal(3, view.Memory.Span[2]));
        Array.ForEach(views, view => ((IDisposable)view).Dispose());

        // And those that are done with make room again.
        var mapped = FileView.Map(path);
        ((IDisposable)mapped).Dispose();
        Assert.True(mapped.GetSpan().IsEmpty);
    }
}
