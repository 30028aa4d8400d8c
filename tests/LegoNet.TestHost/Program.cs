using System.Runtime.Intrinsics;
using LegoNet.Cluster;
using LegoNet.Cluster.Stores;
using LegoNet.Records;

namespace LegoNet.TestHost;

/// <summary>
/// What a process does until it is killed: "train MODEL KEY", "change MODEL KEY OPERATION", "loop MODEL KEY SEED", "read MODEL", "fit",
/// "worker STORE RUNS" and "submit STORE RUN".
/// It says what it is about to do and what was acknowledged, one line each.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        try
        {
            switch (args[0])
            {
                case "train":
                    Train(args[1], args[2]);
                    break;
                case "change":
                    using (var model = LegoNetModel.Open(args[1], Options(args[2])))
                    {
                        CrashModel.Apply(model, args[3]);
                    }

                    break;
                case "loop":
                    Loop(args[1], args[2], int.Parse(args[3]));
                    break;
                case "read":
                    Read(args[1]);
                    break;
                case "fit":
                    Fit();
                    break;
                case "worker":
                    Work(args[1], args[2]);
                    break;
                case "submit":
                    new StoreRun(StoreAddress.Parse(args[1]), FileRun.Open(args[2]), Console.Out.WriteLine) { Times = FileRun.Times }
                        .RunAsync(run => run.Finish()).GetAwaiter().GetResult();
                    break;
                default:
                    return 2;
            }

            Console.Out.WriteLine("done");
            return 0;
        }
        catch (LegoNetException e)
        {
            Console.Out.WriteLine($"failed {e.Error} {e.Message}");
            return (int)e.Error;
        }
    }

    private static ModelOptions Options(string key) => new()
    {
        TagKeyPath = key,
        SigningKeyPath = key + ".signing",
        PublicKeyPath = key + ".public",
        Threads = 1,
        Files = new InterruptedFiles(),
    };

    private static void Train(string path, string key)
        => LegoNetModel.Train(path, CrashModel.Definition, CrashModel.InitialRecords, Options(key)).Dispose();

    // Lines: "begin add SUBJECT VERSION", "begin correct SUBJECT VERSION" or "begin forget SUBJECT"; then "acknowledged".
    private static void Loop(string path, string key, int seed)
    {
        var random = new Random(seed);
        using var model = LegoNetModel.Open(path, Options(key));
        while (true)
        {
            var subject = random.Next(CrashModel.Subjects);
            var version = random.Next(1000);
            if (model.Inspect($"subject-{subject}").Records.Count == 0)
            {
                Console.Out.WriteLine($"begin add {subject} {version}");
                model.Add(Enumerable.Range(0, CrashModel.Ids).Select(id => CrashModel.Record(subject, id, version)));
            }
            else if (random.Next(2) == 0)
            {
                Console.Out.WriteLine($"begin correct {subject} {version}");
                model.Correct([CrashModel.Record(subject, 1, version)]);
            }
            else
            {
                Console.Out.WriteLine($"begin forget {subject}");
                model.Forget([new ForgetTarget($"subject-{subject}")]);
            }

            Console.Out.WriteLine("acknowledged");
        }
    }

    // One line for the vectors that the process has, and one for each case.
    private static void Fit()
    {
        Console.Out.WriteLine($"512:{Vector512.IsHardwareAccelerated} 256:{Vector256.IsHardwareAccelerated} 128:{Vector128.IsHardwareAccelerated}");
        foreach (var fit in FitCases.All.Values.Where(c => !c.IsLong))
        {
            Console.Out.WriteLine(fit.Line(fit.Fit()));
        }
    }

    // Until standard input ends: does the tasks of a store, one at a time, and says what it does.
    private static void Work(string store, string runs)
    {
        using var stop = new CancellationTokenSource();
        _ = Task.Run(() =>
        {
            Console.In.ReadToEnd();
            stop.Cancel();
        });
        var tries = Environment.GetEnvironmentVariable("LEGONET_TEST_TRIES") is { } given ? int.Parse(given) : FileRun.Times.Tries;
        var options = new StoreWorkerOptions { Times = FileRun.Times with { Tries = tries } };
        var worker = new StoreWorker(StoreAddress.Parse(store), new RunFolder(runs, FileRun.Open), options, Console.Out.WriteLine);
        worker.RunAsync(stop.Token).GetAwaiter().GetResult();
    }

    // Until standard input ends: opens the model and scores, over and over.
    private static void Read(string path)
    {
        var ended = Task.Run(Console.In.ReadLine);
        var reads = 0;
        var code = CrashModel.Record(0, 0, 0).Code;
        while (!ended.IsCompleted)
        {
            using var model = LegoNetModel.Open(path);
            model.Score(code);
            if (++reads is 1 or 10)
            {
                Console.Out.WriteLine($"read {reads}");
            }
        }
    }
}
