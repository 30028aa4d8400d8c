using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>How the records of a spec's models are stored.</summary>
internal static class SpecRows
{
    extension(ModelSpec spec)
    {
        /// <summary>The layout of a stored record and of a segment.</summary>
        public RowLayout Rows => new(spec.Dimension, spec.Labels, spec.Adapters, spec.Active, spec.SegmentRows);
    }
}
