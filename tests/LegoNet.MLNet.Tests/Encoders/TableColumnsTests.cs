using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Encoders;

public sealed class TableColumnsTests
{
    private static readonly string[] s_inputs = ["Age", "Income", "Children", "Member", "Job", "Title", "Features"];

    private readonly MLContext _ml = new(1);

    [Fact]
    public void ProposeFromPublic_Rows_DeclaresWhatSeveralSubjectsShareInRoundNumbers()
    {
        var rows = TableRow.Create(2000);
        (rows[10].Age, rows[11].Age, rows[12].Income) = (117, 119, 3_000_000);
        var view = _ml.Data.LoadFromEnumerable(rows);

        var proposal = TableColumns.ProposeFromPublic(view, s_inputs[..^1], nameof(TableRow.Person));

        Assert.Equal(["Title"], proposal.TextColumns);
        Assert.Empty(proposal.LeftOut);
        string[] declared = [.. proposal.Columns.Select(column => column.Json)];
        Assert.Contains("""{"name":"Age","min":10,"max":80,"missing":"zero"}""", declared);
        Assert.Contains("""{"name":"Member","categories":["false","true"],"missing":"zero","unknown":"zero"}""", declared);
        Assert.Contains("Job: 4 categories", proposal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("3000000", proposal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(proposal.Columns, column => column.Json.Contains('?', StringComparison.Ordinal));
    }

    [Fact]
    public void ProposeFromPublic_ValueOfFewSubjects_IsNotShown()
    {
        var rows = TableRow.Create(400);
        for (var i = 0; i < 60; i++)
        {
            (rows[i].Person, rows[i].Job) = ("one person", "the king's own falconer");
        }

        var view = _ml.Data.LoadFromEnumerable(rows);
        Assert.DoesNotContain("falconer", Json(TableColumns.ProposeFromPublic(view, ["Job"], nameof(TableRow.Person))), StringComparison.Ordinal);
        Assert.Contains("falconer", Json(TableColumns.ProposeFromPublic(view, ["Job"])), StringComparison.Ordinal);

        static string Json(TableProposal proposal) => string.Concat(proposal.Columns.Select(column => column.Json));
    }

    [Fact]
    public void ProposeFromPublic_Proposal_EncodesAndCanBeRepeated()
    {
        var view = _ml.Data.LoadFromEnumerable(TableRow.Create(600));
        var proposal = TableColumns.ProposeFromPublic(view, s_inputs[..^1]);

        var step = _ml.Transforms.EncodeTable("Features", proposal).Fit(view);

        Assert.All(Views.Codes(step.Transform(view)), code => Assert.Equal(step.Dimension, code.Length));
        Assert.Equal(proposal.Columns.Select(c => c.Json), TableColumns.ProposeFromPublic(view, s_inputs[..^1]).Columns.Select(c => c.Json));
    }

    [Fact]
    public void ProposeFromPublic_ColumnsThatCannotBeUsed_AreLeftOutOrNamed()
    {
        var rows = _ml.Data.LoadFromEnumerable(new[] { new { Features = new float[2], Empty = "", Same = 3f } });
        var proposal = TableColumns.ProposeFromPublic(rows, ["Features", "Empty", "Same"], atLeast: 1);
        Assert.Empty(proposal.Columns);
        Assert.Equal(3, proposal.LeftOut.Count);
        Assert.StartsWith("Features: Vector", proposal.LeftOut[0], StringComparison.Ordinal);
        Assert.Equal("Empty: it has no values", proposal.LeftOut[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => TableColumns.ProposeFromPublic(rows, ["Nobody"]));
        Assert.Throws<ArgumentException>(() => TableColumns.ProposeFromPublic(rows, []));
        Assert.Throws<ArgumentException>("columnNames", () => TableColumns.ProposeFromPublic(rows, ["Empty", "Same"], subjectColumnName: "Empty"));
    }
}
