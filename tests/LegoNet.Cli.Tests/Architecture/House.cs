namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The declared order of the floors. docs/architecture.md shows the same list.</summary>
internal static class House
{
    /// <summary>Every assembly under src/, lowest first; each may use those before it only.</summary>
    public static IReadOnlyList<AssemblyFloors> Assemblies { get; } =
    [
        new("LegoNet.Data",
        [
            "LegoNet",
            "LegoNet.Data.Files",
            "LegoNet.Data.Json",
            "LegoNet.Data",
            "LegoNet.Data.Formats",
            "LegoNet.Data.Csv",
            "LegoNet.Data.Tables",
            "LegoNet.Data.Archives",
            "LegoNet.Data.Images",
            "LegoNet.Data.Vectors",
            "LegoNet.Data.Sources",
        ]),
        new("LegoNet.Demo", ["LegoNet.Demo"]),
        new("LegoNet",
        [
            "LegoNet.Common",
            "LegoNet.Files",
            "LegoNet.Numerics",
            "LegoNet.Specs",
            "LegoNet.Routing",
            "LegoNet.Calibration",
            "LegoNet.Encoders",
            "LegoNet.Encoders.Hashing",
            "LegoNet.Encoders.Tabular",
            "LegoNet.Records",
            "LegoNet.Adapters",
            "LegoNet.Ensembles",
            "LegoNet.Store",
            "LegoNet.Caching",
            "LegoNet.Audit",
            "LegoNet.Sessions",
            "LegoNet.Changes",
            "LegoNet.Verification",
            "LegoNet",
            "LegoNet.Hosting",
            "Microsoft.Extensions.DependencyInjection",
            "LegoNet.Pipelines",
        ]),
        new("LegoNet.Onnx",
        [
            "LegoNet.Onnx.Graphs",
            "LegoNet.Onnx.Runtime",
            "LegoNet.Onnx.Treatments",
            "LegoNet.Onnx.Export",
            "LegoNet.Onnx",
        ]),
        new("LegoNet.MLNet",
        [
            "LegoNet.MLNet.Data",
            "LegoNet.MLNet.Encoders",
            "LegoNet.MLNet.Adapters",
            "LegoNet.MLNet.Saving",
            "LegoNet.MLNet",
        ]),
        new("LegoNet.Cli",
        [
            "LegoNet.Cli",
            "LegoNet.Cli.Init",
            "LegoNet.Cli.Commands",
            "",
        ]),
    ];
}
