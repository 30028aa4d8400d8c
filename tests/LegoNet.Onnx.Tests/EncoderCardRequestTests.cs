using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx.Tests;

public class EncoderCardRequestTests
{
    private static readonly EncoderCardRequest s_good = new(new VectorTreatment(), 8, 16, 4);

    public static TheoryData<Func<object>, string> Bad => new()
    {
        { () => new EncoderCardRequest(new VectorTreatment(), 0, 16), "The batch size must be a whole number from 1 to 1024, not 0." },
        { () => s_good with { Batch = 1025 }, "The batch size must be a whole number from 1 to 1024, not 1025." },
        { () => new EncoderCardRequest(new VectorTreatment(), 8, -1), "The number of public keys must be a whole number from 0 to 65535, not -1." },
        { () => s_good with { Keys = 65_536 }, "The number of public keys must be a whole number from 0 to 65535, not 65536." },
        { () => new EncoderCardRequest(new VectorTreatment(), 8, 16, 0), "A projection must have at least one dimension, not 0." },
        { () => s_good with { ProjectTo = -3 }, "A projection must have at least one dimension, not -3." },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Number_OutOfItsRange_IsRefusedWhereItIsSet(Func<object> create, string message)
        => Assert.Equal(message, Assert.Throws<LegoNetException>(create).Message);
}
