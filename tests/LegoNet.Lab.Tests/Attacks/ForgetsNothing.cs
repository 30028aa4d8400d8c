using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Attacks;

/// <summary>Says that it forgets, and keeps its model as it is: what an attack must find out.</summary>
internal sealed class ForgetsNothing(IForgettingMethod method) : IForgettingMethod
{
    public string Name => "forgets nothing";

    public MethodKind Kind => MethodKind.Approximate;

    public string Settings => method.Settings;

    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
        => new State(method.Train(records, rows, settings, cancellationToken));

    private sealed class State(ITrainedState trained) : ITrainedState
    {
        public IScoringModel Model => trained.Model;

        public long KeptBytes => 0;

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
        }

        public void Dispose() => trained.Dispose();
    }
}
