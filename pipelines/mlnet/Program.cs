using Examples;
using LegoNet;

var data = Path.Combine(AppContext.BaseDirectory, "data");
try
{
    switch (args)
    {
        case ["text-classification", var model]:
            return TextClassification.Run(Console.Out, Path.Combine(data, "tickets.csv"), Path.Combine(data, "tickets-test.csv"), model);
        case ["text-classification", var model, var train, var test]:
            return TextClassification.Run(Console.Out, train, test, model);
        case ["nightly-erasure", var model, var requests, var receipts, var scorer]:
            return NightlyErasure.Run(Console.Out, model, requests, receipts, scorer);
        case ["batch-scoring", var scorer, var tickets, var scores]:
            return BatchScoring.Run(Console.Out, scorer, tickets, scores);
        case ["retraining-scripts", var folder]:
            return RetrainingScripts.Run(Console.Out, Path.Combine(data, "renewals.csv"), Path.Combine(data, "renewals-test.csv"), folder);
        default:
            Console.Error.WriteLine("""
                dotnet run --project pipelines/mlnet -- text-classification MODEL [TRAIN.csv TEST.csv]
                dotnet run --project pipelines/mlnet -- nightly-erasure MODEL REQUESTS.csv RECEIPTS SCORER.zip
                dotnet run --project pipelines/mlnet -- batch-scoring SCORER.zip TICKETS.csv SCORES.csv
                dotnet run --project pipelines/mlnet -- retraining-scripts FOLDER
                """);
            return 2;
    }
}
catch (LegoNetException e)
{
    // One sentence, fit for whoever runs the job; it names no customer.
    Console.Error.WriteLine(e.Message);
    return (int)e.Error;
}
