using System.Reflection;
using LegoNet.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Onnx.Tests;

public sealed class PackageSourcesTests
{
    [Fact]
    public void Line_ThisBuild_NamesBothPackageGroups()
    {
        Assert.Matches(
            @"^ONNX Runtime \d+\.\d+\.\d+ from (npm|NuGet \(Microsoft\.ML\.OnnxRuntime(\.Gpu)?\)); "
                + @"ML\.NET \d+\.\d+\.\d+ (found|not restorable here: left out)$",
            PackageSources.Line);
    }

    [Fact]
    public void ReadOnnxRuntimeVersion_NativeLibraryInTheOutput_IsThePinnedOne()
    {
        Assert.StartsWith($"ONNX Runtime {PackageSources.ReadOnnxRuntimeVersion()} from ", PackageSources.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterOrtExtensions_NativeLibraryInTheOutput_IsFound()
    {
        using SessionOptions options = new();

        options.RegisterOrtExtensions();
    }

    [Fact]
    public void Output_OnnxRuntimeAssembly_LiesThereOnceAndIsTheOneLoaded()
    {
        string directory = AppContext.BaseDirectory;

        string[] found = Directory.GetFiles(directory, "Microsoft.ML.OnnxRuntime.dll", SearchOption.AllDirectories);

        Assert.Equal([Path.Combine(directory, "Microsoft.ML.OnnxRuntime.dll")], found);
        Assert.Equal(found[0], typeof(OrtEnv).Assembly.Location);
        Assert.Single(AppDomain.CurrentDomain.GetAssemblies(), static assembly => assembly.GetName().Name == "Microsoft.ML.OnnxRuntime");
    }

    [Fact]
    public void LegoNetOnnx_Compiled_ReferencesOneOnnxRuntimeAssembly()
    {
        AssemblyName[] references = typeof(PackageSources).Assembly.GetReferencedAssemblies();

        Assert.Single(references, static name => name.Name!.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal));
    }
}
