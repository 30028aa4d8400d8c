using System.Reflection;
using LegoNet.Onnx;

string version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"legonet {version}");
Console.WriteLine(PackageSources.Line);
Console.WriteLine($"ONNX Runtime {PackageSources.ReadOnnxRuntimeVersion()} loaded");
