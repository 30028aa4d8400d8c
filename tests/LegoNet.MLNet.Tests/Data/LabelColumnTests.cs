using System.Globalization;
using LegoNet.MLNet.Data;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Data;

public class LabelColumnTests
{
    [Theory]
    [InlineData(0, 10, 0.1)]
    [InlineData(0.1, 0.7, 0.1)]
    [InlineData(-40, 40, 0.25)]
    [InlineData(-1e6, 1e6, 2)]
    [InlineData(0, 1, 1e-6)]
    public void StepsOf_AnyFloat_IsTheStepOfItsShortestText(double min, double max, double step)
    {
        var labels = new LabelLayout(LearningTask.Regression, [], new RegressionTarget(min, max, step));
        var random = new Random(1);
        foreach (var number in Numbers())
        {
            Assert.Equal(Spelled(number), LabelColumn.StepsOf(number, labels));
        }

        IEnumerable<float> Numbers()
        {
            float[] special = [(float)min, (float)max, 0, -0f, float.NaN, float.NegativeInfinity, float.PositiveInfinity, float.Epsilon, float.MaxValue];
            foreach (var number in special)
            {
                yield return number;
                yield return MathF.BitIncrement(number);
                yield return MathF.BitDecrement(number);
            }

            for (var i = 0; i < 20_000; i++)
            {
                yield return (float)(min + ((max - min) * random.NextDouble()));

                // Half-way between two steps, where the last bit decides.
                var tie = (float)(min + ((random.Next((int)Math.Min((max - min) / step, 1e6)) + 0.5) * step));
                yield return tie;
                yield return MathF.BitIncrement(tie);
            }
        }

        int? Spelled(float number)
        {
            var words = new int[1];
            try
            {
                labels.Parse(number.ToString(CultureInfo.InvariantCulture), "row", words);
                return words[0];
            }
            catch (LegoNetException)
            {
                return null;
            }
        }
    }
}
