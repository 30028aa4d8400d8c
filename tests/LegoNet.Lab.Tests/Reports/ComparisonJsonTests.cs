using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>What is written is read again, and nothing else is.</summary>
public class ComparisonJsonTests
{
    [Fact]
    public void Read_WhatWasWritten_GivesTheSameReports()
    {
        ComparisonResult[] results = [SampleComparison.Create(), SampleComparison.Create(1, hasAttacks: false), HostileComparison.Create()];

        Assert.All(results, result =>
        {
            var json = ReportWriter.Json(result);
            var read = ComparisonJson.Read(json, "report.json");

            Assert.Equal(json, ReportWriter.Json(read));
            Assert.Equal(ReportWriter.Html(result), ReportWriter.Html(read));
            Assert.Equal(ReportWriter.Markdown(result), ReportWriter.Markdown(read));
        });
    }

    [Fact]
    public void Write_AResult_IsForPeopleToo()
    {
        var json = ReportWriter.Json(SampleComparison.Create());

        Assert.StartsWith("{\n  \"format\": 1,\n  \"facts\": {\n    \"data\": \"CIFAR-10, int8 codes\",", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"AsPublished\"", json, StringComparison.Ordinal);
        Assert.Contains("\"question\": \"Difference\"", json, StringComparison.Ordinal);
        Assert.EndsWith("}\n", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NotANumber_IsReadAgain()
    {
        var sample = SampleComparison.Create(1, hasAttacks: false);
        var first = sample.Tasks[0].Methods[0];
        var nan = sample.Tasks[0] with { Methods = [first with { Seeds = [first.Seeds[0] with { After = new Accuracies(1, double.NaN, 1) }] }] };

        var read = ComparisonJson.Read(ReportWriter.Json(sample with { Tasks = [nan] }), "report.json");

        Assert.True(double.IsNaN(read.Tasks[0].Methods[0].Seeds[0].After.Forgotten));
    }

    [Theory]
    [InlineData("\"format\": 1,", "\"format\": 2,", "r.json: this is not the result of a comparison in format 1, but in format 2; compare again.")]
    [InlineData("\"format\": 1,", "", "r.json: this is not the result of a comparison in format 1; compare again.")]
    [InlineData("\"version\": \"0.1.0\"", "\"version\": null", "r.json: this is not the result of a comparison ($.facts.version, line 6); compare again.")]
    [InlineData("\"taskSeed\": 1,", "", "r.json: this is not the result of a comparison ($.facts, line 35); compare again.")]
    [InlineData("\"taskSeed\": 1,", "\"hue\": 1, \"taskSeed\": 1,", "r.json: this is not the result of a comparison ($.facts.hue, line 29); compare again.")]
    [InlineData("\"name\": \"FixSISA\"", "\"name\": \"Other\"", "r.json: \"FixSISA\" has results and is not among the methods; compare again.")]
    public void Read_AnotherFile_SaysSoInOneSentence(string what, string by, string message)
    {
        var json = ReportWriter.Json(SampleComparison.Create(1, hasAttacks: false));
        Assert.Contains(what, json, StringComparison.Ordinal);

        Assert.Equal(message, Assert.Throws<LegoNetException>(() => ComparisonJson.Read(json.Replace(what, by), "r.json")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"format\": 1}")]
    [InlineData("{\"format\": 1.5}")]
    public void Read_NoResult_SaysSo(string json)
        => Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => ComparisonJson.Read(json, "r.json")).Error);
}
