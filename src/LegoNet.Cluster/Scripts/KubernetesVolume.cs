namespace LegoNet.Cluster.Scripts;

/// <summary>Storage that is there before the run: a PersistentVolumeClaim, and where its root is seen.</summary>
/// <param name="Claim">The claim's name, in the namespace in which the run's Jobs are made.</param>
/// <param name="Path">The full path at which the planning machine sees the claim's root; the tasks see it at the same path.</param>
public sealed record KubernetesVolume(string Claim, string Path);
