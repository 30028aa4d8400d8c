using System.Security.Cryptography;
using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.TestHost;

/// <summary>A shard and the trainers that are to fit it.</summary>
/// <param name="Name">What is hard about it.</param>
/// <param name="Labels">How labels are stored.</param>
/// <param name="Dimension">Length d of a code.</param>
/// <param name="Codes">Codes, [m, d].</param>
/// <param name="Words">Labels, [m, Labels.Width].</param>
/// <param name="Trainers">"adapter" objects of specs.</param>
/// <param name="IsLong">Whether it takes too long for a process without vectors.</param>
internal sealed record FitCase(string Name, LabelLayout Labels, int Dimension, sbyte[] Codes, int[] Words, string[] Trainers, bool IsLong)
{
    /// <summary>The adapters' files by the trainers in turn.</summary>
    public IReadOnlyList<byte[]> Fit(CancellationToken cancellationToken = default) =>
    [
        .. Trainers.Select(trainer => FitCases.Trainer(trainer, Labels, Dimension)
            .Fit(new Shard(Labels, Dimension, [.. Codes], [.. Words]), new FitSettings(1, 2), cancellationToken).Adapter),
    ];

    /// <summary>One line that names the case and all bytes of the files.</summary>
    public string Line(IEnumerable<byte[]> files) => $"{Name}: {Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(f => f)]))}";
}
