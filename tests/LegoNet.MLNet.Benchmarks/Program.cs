using System.Globalization;
using LegoNet.MLNet.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["encode", var data]:
        EncodeBenchmark.Run(data);
        return 0;
    case ["forget", var codes, var test]:
        ForgetBenchmark.Run(codes, test);
        return 0;
    case ["fit", var codes, var tool]:
        FitBenchmark.Run(codes, tool);
        return 0;
    case ["fit-once", var folder]:
        FitBenchmark.FitOnce(folder);
        return 0;
    default:
        Console.Error.WriteLine("""
            dotnet run --project tests/LegoNet.MLNet.Benchmarks -c Release -- encode DATA            EncodeOnnx against ApplyOnnxModel, MobileNetV1 at 128 px
            dotnet run --project tests/LegoNet.MLNet.Benchmarks -c Release -- forget CODES TEST      forgetting one record against retraining L-BFGS
            dotnet run --project tests/LegoNet.MLNet.Benchmarks -c Release -- fit CODES LEGONET.dll  Fit from a view against `legonet train`
            DATA is the folder of real data, CODES what `legonet encode pipelines/cifar10.json --out CODES` wrote, TEST the same with --test.
            """);
        return 2;
}
