using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Data;

public class ShapesTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void Shapes_OfEachKind_HaveNameKindAndType()
    {
        var vector = Shapes.Vector(_ml, "F");
        Assert.Equal(("F", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false), (vector.Name, vector.Kind, vector.ItemType, vector.IsKey));
        var single = Shapes.Single(_ml, "S");
        Assert.Equal(("S", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false), (single.Name, single.Kind, single.ItemType, single.IsKey));
        var boolean = Shapes.Boolean(_ml, "B");
        Assert.Equal(
            ("B", SchemaShape.Column.VectorKind.Scalar, (DataViewType)BooleanDataViewType.Instance, false),
            (boolean.Name, boolean.Kind, boolean.ItemType, boolean.IsKey));
        var text = Shapes.Text(_ml, "T");
        Assert.Equal(
            ("T", SchemaShape.Column.VectorKind.Scalar, (DataViewType)TextDataViewType.Instance, false),
            (text.Name, text.Kind, text.ItemType, text.IsKey));
        var key = Shapes.Key(_ml, "K");
        Assert.Equal(("K", SchemaShape.Column.VectorKind.Scalar, (DataViewType)NumberDataViewType.UInt32, true), (key.Name, key.Kind, key.ItemType, key.IsKey));
    }

    [Fact]
    public void With_ColumnOfTheSameName_ReplacesIt()
    {
        var shape = Shapes.With(new SchemaShape([]), Shapes.Text(_ml, "A"), Shapes.Text(_ml, "B"));
        var changed = Shapes.With(shape, Shapes.Vector(_ml, "A"));
        Assert.Equal(["A", "B"], changed.Select(c => c.Name));
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, changed[0].Kind);
    }
}
