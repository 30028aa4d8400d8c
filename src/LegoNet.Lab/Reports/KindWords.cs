using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>What kinds of methods are called, and the signs that charts give them: a shape each, so that colour is never the only sign.</summary>
internal static class KindWords
{
    public static IReadOnlyList<MethodKind> All { get; } = [MethodKind.Oracle, MethodKind.Exact, MethodKind.AsPublished, MethodKind.Approximate];

    public static string Of(MethodKind kind) => kind switch
    {
        MethodKind.Oracle => "oracle",
        MethodKind.Exact => "exact",
        MethodKind.Approximate => "approximate",
        _ => "as published",
    };

    public static string Shape(MethodKind kind) => kind switch
    {
        MethodKind.Oracle => "square",
        MethodKind.Exact => "circle",
        MethodKind.Approximate => "triangle",
        _ => "diamond",
    };

    /// <summary>Its class in the page's styles.</summary>
    public static string Style(MethodKind kind) => kind == MethodKind.AsPublished ? "published" : Of(kind);

    /// <summary>The shape around (0, 0), about 10 wide, as the data of an SVG path.</summary>
    public static string Path(MethodKind kind) => kind switch
    {
        MethodKind.Oracle => "M-4.5-4.5h9v9h-9z",
        MethodKind.Exact => "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
        MethodKind.Approximate => "M0-5.5L5.5 4.5H-5.5z",
        _ => "M0-6L6 0L0 6L-6 0z",
    };
}
