using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>The column "Features" of another view, its vectors stored sparsely.</summary>
internal static class SparseView
{
    public static IDataView Of(IDataView view) => new MappedView(view, new Mapping(view.Schema));

    private sealed class Mapping(DataViewSchema schema) : RowMapping(schema, [new DataViewSchema.DetachedColumn(schema["Features"])])
    {
        public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => [InputSchema["Features"]];

        public override Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> active)
        {
            var getter = input.GetGetter<VBuffer<float>>(InputSchema["Features"]);
            VBuffer<float> dense = default;
            return
            [
                (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                {
                    getter(ref dense);
                    int[] indices = [.. Enumerable.Range(0, dense.Length).Where(i => dense.GetItemOrDefault(i) != 0)];
                    value = new VBuffer<float>(dense.Length, indices.Length, [.. indices.Select(i => dense.GetItemOrDefault(i))], indices);
                }),
            ];
        }
    }
}
