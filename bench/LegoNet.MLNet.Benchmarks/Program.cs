using System.Globalization;
using LegoNet;
using LegoNet.Cli;
using LegoNet.MLNet.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    switch (args)
    {
        case ["encode", var data]:
            EncodeBenchmark.Run(data);
            return ExitCodes.Done;
        case ["forget", var codes, var test]:
            ForgetBenchmark.Run(codes, test);
            return ExitCodes.Done;
        case ["fit", var codes]:
            FitBenchmark.Run(codes);
            return ExitCodes.Done;
        case ["fit-once", var folder]:
            FitBenchmark.FitOnce(folder);
            return ExitCodes.Done;
        case ["adapters", .. var folders] when folders.Length > 0:
            AdapterBenchmark.Run(folders);
            return ExitCodes.Done;
        default:
            Console.Error.WriteLine("""
                dotnet run --project bench/LegoNet.MLNet.Benchmarks -c Release -- encode DATA         EncodeOnnx against ApplyOnnxModel, MobileNetV1 at 128 px
                dotnet run --project bench/LegoNet.MLNet.Benchmarks -c Release -- forget CODES TEST   forgetting one record against retraining L-BFGS
                dotnet run --project bench/LegoNet.MLNet.Benchmarks -c Release -- fit CODES           Fit from a view against `legonet train`
                dotnet run --project bench/LegoNet.MLNet.Benchmarks -c Release -- adapters SET...     softmax, ridge, auto, mlnet:lbfgs and trees side by side
                DATA is the folder of real data, CODES what `legonet encode pipelines/cifar10.json --out CODES` wrote, TEST the same with --test.
                SET is a folder of train.safetensors and test.safetensors, such codes.
                """);
            return ExitCodes.Usage;
    }
}
catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"LegoNet.MLNet.Benchmarks: {e.Message}");
    return ExitCodes.BadInput;
}
