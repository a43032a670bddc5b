// Command decode reads one pod spec as JSON a line, as an API server decodes it, and writes it as an API server does.
package main

import (
	"bufio"
	stdjson "encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		spec := corev1.PodSpec{}
		if err := json.UnmarshalCaseSensitivePreserveInts(lines.Bytes(), &spec); err != nil {
			fmt.Fprintln(out, "refused")
			continue
		}
		text, err := stdjson.Marshal(spec)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(out, string(text))
	}
}
