namespace LegoNet.Tests;

public class LegoNetExceptionTests
{
    [Fact]
    public void BadInput_CarriesItsKind() => Assert.Equal(LegoNetError.BadInput, LegoNetException.BadInput("x").Error);
}
