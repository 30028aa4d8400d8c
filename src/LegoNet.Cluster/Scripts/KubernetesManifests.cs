using System.Text;
using LegoNet.Runs;

namespace LegoNet.Cluster.Scripts;

/// <summary>
/// A run as Indexed Jobs of Kubernetes. Usually it is one Job: its indexes are the run's tasks in their order, and the last is the finish.
/// Only stages for which GPUs are asked are Jobs of their own. The project has never run them on a cluster.
/// </summary>
/// <remarks>
/// Kubernetes has no order among Jobs. A Job for each stage would need somebody who starts the next one, with rights to change Jobs, or
/// pods of all stages that wait side by side on processors that the first stage needs. Within one Job the lowest indexes get their pods
/// first, so a pod waits only while the last tasks of the stage before it are under way; and what fails for good stops the whole run.
/// </remarks>
public static class KubernetesManifests
{
    // The most indexes that a Job may have together with a limit of failures for each.
    private const int MaxIndexes = 100_000;

    // Kubernetes replaces $(NAME) in arguments by a variable of that name; there is no such text here.
    private const string Script = """
                      # Index COUNT is the finish. Exit status 7: a task that this one needs is not done yet. A pod that has waited
                      # for five minutes makes room for others, and is made again.
                      tries=20
                      while [ "$tries" -gt 0 ]; do
                        if [ "$JOB_COMPLETION_INDEX" -eq "$COUNT" ]; then
                          "$@" finish --run "$RUN" --threads "$THREADS"
                        else
                          "$@" task --run "$RUN" --index "$((FIRST + JOB_COMPLETION_INDEX))" --threads "$THREADS"
                        fi
                        status=$?
                        [ "$status" -eq 7 ] || exit "$status"
                        tries=$((tries - 1))
                        sleep 15
                      done
                      exit 7

        """;

    /// <summary>Writes the manifests.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">How its tasks are to be run.</param>
    /// <returns>The text of a YAML file: lines end in \n, and nothing in it depends on when or where it was written.</returns>
    /// <exception cref="LegoNetException">
    /// The run directory lies in none of the volumes; a volume's path is not a full path that Kubernetes can mount; or a Job would have more
    /// tasks than Kubernetes allows, 100,000.
    /// </exception>
    public static string Write(ITaskRun run, KubernetesOptions options)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        foreach (var volume in options.Volumes)
        {
            if (!volume.Path.StartsWith('/') || volume.Path.Contains(':', StringComparison.Ordinal))
            {
                throw LegoNetException.BadInput($"{volume.Path}: Kubernetes mounts a volume at a full path without colons; name the claim as CLAIM=/PATH.");
            }
        }

        if (!options.Volumes.Any(v => $"{run.Path}/".StartsWith($"{v.Path.TrimEnd('/')}/", StringComparison.Ordinal)))
        {
            throw LegoNetException.BadInput(
                $"{run.Path}: the run directory lies in none of the claims, so no task would see it; name the claim that has it, as CLAIM=/PATH.");
        }

        var groups = Groups(run, options);
        var name = $"legonet-{run.Digest[..12]}";
        var last = run.Stages[^1];
        var text = new StringBuilder($"""
            # A LegoNet run as Indexed Jobs of Kubernetes (1.29 or later): {last.First + last.Count} tasks in {run.Stages.Count} stages, then the finish.
            # The project has NEVER RUN THIS on a cluster. Read it before you apply it.
            #   kubectl apply -f THIS_FILE
            #   kubectl get jobs,pods -l legonet/run={run.Digest[..12]}
            #   kubectl delete -f THIS_FILE    (stops the run, or clears it away when it is done; then it may be applied again)
            # A task that fails is tried again {options.Retries} times. One that cannot be done (exit status 2, 3 or 5) fails its Job at once.

            """);
        for (var i = 0; i < groups.Count; i++)
        {
            AppendJob(text, run, options, groups[i], groups.Count == 1 ? name : $"{name}-{i + 1}", last: i == groups.Count - 1);
        }

        return text.ToString();
    }

    // Stages in a row that need the same. The finish needs no GPU.
    private static List<Group> Groups(ITaskRun run, KubernetesOptions options)
    {
        var groups = new List<Group>();
        foreach (var stage in run.Stages)
        {
            var gpus = stage.Encodes ? options.EncodeGpus : 0;
            if (groups.Count > 0 && groups[^1].Gpus == gpus)
            {
                groups[^1] = groups[^1] with { Count = groups[^1].Count + stage.Count };
            }
            else
            {
                groups.Add(new Group(stage.First, stage.Count, gpus));
            }
        }

        if (groups[^1].Gpus > 0)
        {
            groups.Add(new Group(groups[^1].First + groups[^1].Count, 0, 0));
        }

        if (groups.Max(g => g.Count) >= MaxIndexes)
        {
            throw LegoNetException.BadInput($"{run.Path}: a Job of Kubernetes has at most {MaxIndexes} tasks, the finish among them; plan with fewer --tasks.");
        }

        return groups;
    }

    private static void AppendJob(StringBuilder text, ITaskRun run, KubernetesOptions options, Group group, string name, bool last)
    {
        var completions = group.Count + (last ? 1 : 0);
        text.Append($"""
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: {name}
              labels:
                app.kubernetes.io/name: legonet
                legonet/run: "{run.Digest[..12]}"
              annotations:
                legonet/plan: "{run.Digest}"
            spec:
              completionMode: Indexed
              completions: {completions}
              parallelism: {Math.Min(options.AtOnce, completions)}
              backoffLimitPerIndex: {options.Retries}
              maxFailedIndexes: 0
              podReplacementPolicy: Failed
              podFailurePolicy:
                rules:
                  - action: Ignore
                    onPodConditions:
                      - type: DisruptionTarget
                        status: "True"
                  - action: FailJob
                    onExitCodes:
                      containerName: task
                      operator: In
                      values: [2, 3, 5]
                  - action: Ignore
                    onExitCodes:
                      containerName: task
                      operator: In
                      values: [7]
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: legonet
                    legonet/run: "{run.Digest[..12]}"
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 5
                  automountServiceAccountToken: false
                  securityContext:
                    runAsUser: {options.User}
                    runAsGroup: {options.Group}
                    runAsNonRoot: {(options.User == 0 ? "false" : "true")}
                    seccompProfile:
                      type: RuntimeDefault
                  containers:
                    - name: task
                      image: {YamlText.Quote(options.Image)}
                      command: ["/bin/sh", "-c"]
                      args:
                        - |

            """).Append(Script).Append("            - sh\n");
        foreach (var word in options.Command)
        {
            text.Append($"            - {Value(word)}\n");
        }

        text.Append($"""
                      env:
                        - name: RUN
                          value: {Value(run.Path)}
                        - name: FIRST
                          value: "{group.First}"
                        - name: COUNT
                          value: "{group.Count}"
                        - name: THREADS
                          value: "{options.Threads}"
                        - name: HOME
                          value: /tmp
                      resources:
                        requests:
                          cpu: "{options.Threads}"

            """);
        AppendMemory(text, options);
        if (options.Memory is not null || group.Gpus > 0)
        {
            text.Append("            limits:\n");
            AppendMemory(text, options);
            if (group.Gpus > 0)
            {
                text.Append($"              nvidia.com/gpu: \"{group.Gpus}\"\n");
            }
        }

        text.Append("""
                      securityContext:
                        allowPrivilegeEscalation: false
                        capabilities:
                          drop: ["ALL"]
                      volumeMounts:

            """);
        for (var i = 0; i < options.Volumes.Count; i++)
        {
            text.Append($"""
                            - name: storage-{i + 1}
                              mountPath: {YamlText.Quote(options.Volumes[i].Path)}

                """);
        }

        text.Append("      volumes:\n");
        for (var i = 0; i < options.Volumes.Count; i++)
        {
            text.Append($"""
                        - name: storage-{i + 1}
                          persistentVolumeClaim:
                            claimName: {YamlText.Quote(options.Volumes[i].Claim)}

                """);
        }
    }

    private static void AppendMemory(StringBuilder text, KubernetesOptions options)
    {
        if (options.Memory is { } bytes)
        {
            text.Append($"              memory: \"{bytes}\"\n");
        }
    }

    // Two dollars stand for one, where Kubernetes looks for variables.
    private static string Value(string text) => YamlText.Quote(text.Replace("$", "$$", StringComparison.Ordinal));

    /// <summary>A Job's tasks.</summary>
    /// <param name="First">The number of the first.</param>
    /// <param name="Count">Tasks; 0 where there is only the finish.</param>
    /// <param name="Gpus">GPUs of each.</param>
    private sealed record Group(int First, int Count, int Gpus);
}
