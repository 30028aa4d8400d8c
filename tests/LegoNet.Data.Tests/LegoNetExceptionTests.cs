namespace LegoNet.Data.Tests;

public class LegoNetExceptionTests
{
    [Fact]
    public void BadInput_CarriesItsKind() => Assert.Equal(LegoNetError.BadInput, LegoNetException.BadInput("x").Error);

    [Fact]
    public void Message_QuotingLineBreaks_StaysOnOneLine()
        => Assert.Equal("a\\u000a\\u2028b\\u001b[2J: é", LegoNetException.BadInput("a\n\u2028b\u001b[2J: é").Message);
}
