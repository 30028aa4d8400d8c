using LegoNet.Data.Json;
using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx.Tests.Treatments;

public class InputTreatmentTests
{
    [Theory]
    [InlineData("""{"kind":"text"}""", """{"kind":"text"}""")]
    [InlineData("""{"kind":"vector"}""", """{"kind":"vector"}""")]
    [InlineData(
        """{"width":96,"kind":"image","height":128}""",
        """{"kind":"image","height":128,"width":96,"resize":"linear","scale":1,"offset":0,"layout":"NCHW"}""")]
    [InlineData(
        """{"kind":"image","height":8,"width":8,"resize":"nearest","scale":0.00784313725490196,"offset":-1.0,"layout":"NHWC"}""",
        """{"kind":"image","height":8,"width":8,"resize":"nearest","scale":0.00784313725490196,"offset":-1,"layout":"NHWC"}""")]
    [InlineData(
        """{"kind":"image","height":8,"width":8,"mean":[0.5,0.25,0],"std":[1,0.5,0.25]}""",
        """{"kind":"image","height":8,"width":8,"resize":"linear","scale":[0.00392156862745098,0.00784313725490196,0.01568627450980392]"""
            + ""","offset":[-0.5,-0.5,0],"layout":"NCHW"}""")]
    public void ToJson_OfAReadTreatment_IsCanonicalAndReadsBack(string json, string canonical)
    {
        var treatment = InputTreatment.FromSpec(StrictJson.Parse(json, "spec.json"));

        Assert.Equal(canonical, treatment.ToJson());
        Assert.Equal(treatment, InputTreatment.FromSpec(StrictJson.Parse(canonical, "spec.json")));
    }

    [Theory]
    [InlineData("""{"kind":"sound"}""", "kind")]
    [InlineData("""{}""", "kind")]
    [InlineData("""{"kind":"text","height":3}""", "height")]
    [InlineData("""{"kind":"image","width":3}""", "height")]
    [InlineData("""{"kind":"image","height":0,"width":3}""", "height")]
    [InlineData("""{"kind":"image","height":3,"width":3,"resize":"cubic"}""", "resize")]
    [InlineData("""{"kind":"image","height":3,"width":3,"scale":"1"}""", "scale")]
    [InlineData("""{"kind":"image","height":3,"width":3,"scale":[1,2]}""", "scale")]
    [InlineData("""{"kind":"image","height":3,"width":3,"scale":1,"mean":[0,0,0],"std":[1,1,1]}""", "mean")]
    [InlineData("""{"kind":"image","height":3,"width":3,"mean":[0,0,0]}""", "std")]
    [InlineData("""{"kind":"image","height":3,"width":3,"mean":[0,0,0],"std":[1,0,1]}""", "std")]
    [InlineData("""{"kind":"image","height":3,"width":3,"crop":true}""", "crop")]
    public void FromSpec_WithAMistake_NamesFileAndMember(string json, string member)
    {
        var e = Assert.Throws<LegoNetException>(() => InputTreatment.FromSpec(StrictJson.Parse(json, "spec.json")));

        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith($"spec.json: {member} ", e.Message, StringComparison.Ordinal);
    }
}
