// Command judge decides pods as Kubernetes' own Pod Security admission does. It reads one pod as JSON a line and writes
// one line each: for `baseline` and `restricted` a string of `1` (allowed) and `0`, one a version from v1.0, then `latest`.
package main

import (
	"bufio"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/json"
)

const newest = 37

// An API server gives a volume without a source this one before admission sees the pod.
func setDefaults(pod *corev1.Pod) {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	versions := []api.Version{}
	for minor := range newest + 1 {
		versions = append(versions, api.MajorMinorVersion(1, minor))
	}
	versions = append(versions, api.LatestVersion())
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		pod := corev1.Pod{}
		if err := json.UnmarshalCaseSensitivePreserveInts(lines.Bytes(), &pod); err != nil {
			fmt.Fprintf(out, "refused %v\n", err)
			continue
		}
		setDefaults(&pod)
		for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
			for _, version := range versions {
				results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
				if policy.AggregateCheckResults(results).Allowed {
					fmt.Fprint(out, "1")
				} else {
					fmt.Fprint(out, "0")
				}
			}
			fmt.Fprint(out, " ")
		}
		fmt.Fprintln(out)
	}
}
