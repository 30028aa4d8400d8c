using LegoNet.Cli.Commands;

// Questions are asked where both the question and the answer pass by a person.
var answers = Console.IsInputRedirected || Console.IsErrorRedirected ? null : Console.In;
return await Tool.RunAsync(args, Console.Out, Console.Error, errorIsTerminal: !Console.IsErrorRedirected, answers).ConfigureAwait(false);
