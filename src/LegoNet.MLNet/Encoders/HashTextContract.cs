using System.Collections.Concurrent;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders.Hashing;
using Microsoft.ML.Transforms;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// The contract by which ML.NET finds the hashing of texts when it loads a saved pipeline. ML.NET creates it by its name alone, so the
/// options come in as a column, and the code goes out in parts of the sizes that <see cref="HashTextCode"/> declares.
/// </summary>
[CustomMappingFactoryAttribute(Name)]
internal sealed class HashTextContract : CustomMappingFactory<HashTextSource, HashTextCode>
{
    /// <summary>Stands in saved pipelines, so it never changes; another behaviour takes another name.</summary>
    public const string Name = "LegoNet.HashText.v1";

    public override Action<HashTextSource, HashTextCode> GetMapping()
    {
        // One pipeline has one set of options, but rows may come on several threads.
        var encoders = new ConcurrentDictionary<string, HashingEncoder>(StringComparer.Ordinal);
        return (source, result) =>
        {
            var encoder = encoders.GetOrAdd(source.Options, options => HashingEncoder.FromSpec(StrictJson.Parse(options, Name)));
            var code = new sbyte[encoder.Dimension];
            encoder.Encode([new SourceRecord("", "", null, new TextInput(source.Text), "")], code);
            result.Write(code);
        };
    }
}
