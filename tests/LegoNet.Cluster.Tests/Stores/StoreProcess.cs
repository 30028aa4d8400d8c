using System.Diagnostics;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>Workers and submitters in processes of their own, which can be killed.</summary>
internal static class StoreProcess
{
    /// <summary>Names the variable that says how often workers try a task.</summary>
    public const string TriesVariable = "LEGONET_TEST_TRIES";

    /// <summary>Starts a process of the test host.</summary>
    /// <param name="before">A program that starts it, with its arguments.</param>
    /// <param name="command">What it does: "worker STORE RUNS" or "submit STORE RUN".</param>
    public static BackgroundProcess Start(string[] before, params string[] command)
    {
        string[] all = [.. before, "dotnet", Path.Combine(AppContext.BaseDirectory, "LegoNet.TestHost.dll"), .. command];
        var info = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardInput = true };
        // A clock that goes on as it should, from a wrong time.
        info.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        return new BackgroundProcess(info);
    }
}
