// Command accept-kyverno decodes ImageValidatingPolicies strictly into Kyverno's own types: `accept-kyverno FILE…`. It exits 1
// where one is none.
package main

import (
	"fmt"
	"os"

	policies "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	code := 0
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		var policy policies.ImageValidatingPolicy
		if err == nil {
			err = yaml.UnmarshalStrict(text, &policy)
		}
		if err == nil && (len(policy.Spec.Attestors) == 0 || len(policy.Spec.Validations) == 0) {
			err = fmt.Errorf("it has no attestors or validations")
		}
		if err != nil {
			fmt.Println(path, err)
			code = 1
		}
	}
	os.Exit(code)
}
