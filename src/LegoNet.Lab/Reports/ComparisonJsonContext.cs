using System.Text.Json.Serialization;

namespace LegoNet.Lab.Reports;

/// <summary>How a result is written: strict, so that a file of another version is never half read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(CurvePointJson)],
    WriteIndented = true,
    NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ComparisonFile))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;
