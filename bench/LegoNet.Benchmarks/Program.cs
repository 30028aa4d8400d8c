using LegoNet.Benchmarks;

return await BenchProgram.RunAsync(args, Console.Out, Console.Error, errorIsTerminal: !Console.IsErrorRedirected).ConfigureAwait(false);
