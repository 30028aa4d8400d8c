using LegoNet.Encoders.Tabular;

namespace LegoNet.Tests.Encoders.Tabular;

public sealed class TableColumnTests
{
    [Fact]
    public void Json_EveryKind_IsTheEntryOfASpec()
    {
        Assert.Equal("""{"name":"a","min":-1.5,"max":20}""", TableColumn.Number("a", -1.5, 20).Json);
        Assert.Equal("""{"name":"a","min":0,"max":1,"missing":"zero","amplitude":9}""", TableColumn.Number("a", 0, 1, true, 9).Json);
        Assert.Equal("""{"name":"a","edges":[1,2.5],"coding":"onehot"}""", TableColumn.Bins("a", [1, 2.5]).Json);
        Assert.Equal("""{"name":"a","edges":[1],"coding":"ordinal","amplitude":64}""", TableColumn.Bins("a", [1], BinCoding.Ordinal, amplitude: 64).Json);
        Assert.Equal("""{"name":"\"q\"","categories":["x","y"],"unknown":"zero"}""", TableColumn.Categories("\"q\"", ["x", "y"], unknownIsZero: true).Json);
        Assert.Equal("""{"name":"a","categories":["false","true"],"missing":"zero"}""", TableColumn.Flag("a", missingIsZero: true).Json);
        Assert.Equal("""{"cross":["a","b"]}""", TableColumn.Cross("a", "b").Json);
        Assert.Equal(["a", "b"], TableColumn.Cross("a", "b").Names);
    }

    [Fact]
    public void Create_WhatMakesNoSense_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TableColumn.Number("", 0, 1));
        Assert.Throws<ArgumentException>(() => TableColumn.Number("a", 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TableColumn.Number("a", double.NegativeInfinity, 1));
        Assert.Throws<ArgumentException>(() => TableColumn.Number("a", 0, 1, amplitude: 128));
        Assert.Throws<ArgumentException>(() => TableColumn.Bins("a", []));
        Assert.Throws<ArgumentException>(() => TableColumn.Bins("a", [2, 1]));
        Assert.Throws<ArgumentException>(() => TableColumn.Categories("a", ["x", "x"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TableColumn.Cross("a", "b", 0));
    }
}
