using System.Text.Json;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Runs;

/// <summary>Encodes and routes a part of the input, and hands its rows on by ranges of keys. No name is kept from here on.</summary>
/// <param name="run">The run.</param>
internal sealed class EncodeStep(TrainRun run)
{
    /// <summary>Makes a part.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var plan = run.Training;
        var pipeline = run.ReadSpec();
        using var setup = pipeline.CreateEncoder(plan.Device, plan.Encoder, progress, cancellationToken);
        RequireSameEncoder(run, setup.Encoder, run.Spec.Fingerprint, plan.OneProcessor);
        var source = new RangeSource(pipeline.OpenSource(), plan.Parts[number], number, run.TagKey);
        var incoming = new IncomingRows(run.Spec, run.TagKey, NullLogger.Instance, allowOtherEncoder: true);
        foreach (var record in RecordEncoder.Encode(source, setup.Encoder, run.Model.Threads, null, progress, cancellationToken))
        {
            incoming.Add(record);
        }

        var records = incoming.Count;
        incoming.Route(run.Parts.Router, run.Model.Threads, cancellationToken);
        var rows = incoming.Take();
        var files = new TaskFile?[plan.Division.KeyRanges];
        for (var range = 0; range < files.Length; range++)
        {
            var (first, end) = KeyRange.Of(range, files.Length).In(rows);
            if (end > first)
            {
                var bytes = Segment.Serialise(run.Spec.Rows, rows.AsMemory(first, end - first), run.TagKey);
                files[range] = output.Hand($"rows-{number}-{range}", bytes);
            }
        }

        return json =>
        {
            json.WriteNumber("repeated", records - rows.Length);
            json.WriteStartArray("ranges");
            foreach (var file in files)
            {
                if (file is null)
                {
                    json.WriteStringValue("");
                }
                else
                {
                    json.WriteStringValue(file.Name);
                }
            }

            json.WriteEndArray();
        };
    }

    /// <summary>The rows of a part whose keys lie in a range; null where there are none.</summary>
    public static (TaskFile? File, long Repeated) Read(TrainRun run, int part, int range)
    {
        var result = run.ResultOf(run.TaskOf(TrainPlan.Encode, part));
        var name = result.Content.Strings("ranges")[range];
        return (result.Files.FirstOrDefault(f => f.Name == name), result.Content.Integer("repeated", 0, long.MaxValue));
    }

    /// <summary>Refuses to encode where codes come out otherwise than planned.</summary>
    public static void RequireSameEncoder(TaskRun run, ICodeEncoder encoder, EncoderFingerprint planned, bool oneProcessor)
    {
        var here = encoder.Fingerprint;
        if (!here.IsSameEncoder(planned) || (oneProcessor && here != planned))
        {
            throw LegoNetException.BadInput(
                $"{run.Path}: the run encodes by {planned.Maker}, and this machine by {here.Maker}; do this task on a machine like the one that planned it.");
        }
    }
}
