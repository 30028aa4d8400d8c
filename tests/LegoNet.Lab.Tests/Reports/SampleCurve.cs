using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>A curve of a given power, from 0 (a coin toss) to below 1: true positives are false positives to the power 1 − power.</summary>
internal static class SampleCurve
{
    public static AttackCurve Of(AttackQuestion question, string records, double power)
    {
        double Found(double falsePositives) => Math.Pow(falsePositives, 1 - power);
        var area = 1 / (2 - power);
        OperatingPoint At(double rate) => new(rate, Found(rate), Math.Max(0, Found(rate) - 0.004), Found(rate) + 0.004);
        return new AttackCurve(
            question, records, 12_800, 12_800, area, area - 0.008, area + 0.008, [At(0.001), At(0.01), At(0.1)],
            [new(0, 0), .. Enumerable.Range(0, 31).Select(i => Math.Pow(10, -3 + (i / 10.0))).Select(f => new CurvePoint(f, Found(f)))]);
    }
}
