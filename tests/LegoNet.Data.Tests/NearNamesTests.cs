namespace LegoNet.Data.Tests;

public sealed class NearNamesTests
{
    [Theory]
    [InlineData("agee", "id,sex,age,income", "age, id, sex, income")]
    [InlineData("AGE", "id,sex,age,income", "age, id, sex, income")]
    [InlineData("text", "id,body text,label", "body text, id, label")]
    [InlineData("customer_id", "row,customerid,customer id,name", "customerid, customer id, row, name")]
    [InlineData("lable", "f0,f1,label", "label, f0, f1")]
    [InlineData("zzz", "b,a,c", "b, a, c")]
    [InlineData("", "b,a", "b, a")]
    [InlineData("x", "", "none")]
    public void List_Names_ComesNearestFirst(string wanted, string names, string listed)
        => Assert.Equal(listed, NearNames.List(wanted, names.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void List_ManyNames_ShowsTwentyWithTheNearest()
    {
        var listed = NearNames.List("c029", [.. Enumerable.Range(1, 30).Select(i => $"c{i:000}")]);
        Assert.StartsWith("c029, c0", listed, StringComparison.Ordinal);
        Assert.EndsWith(", …", listed, StringComparison.Ordinal);
        Assert.Equal(21, listed.Split(", ").Length);
    }
}
