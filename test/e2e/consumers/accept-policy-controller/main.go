// Command accept-policy-controller decodes ClusterImagePolicies strictly and validates them as policy-controller's webhook
// does: `accept-policy-controller FILE…`. It exits 1 where one is refused.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/sigstore/policy-controller/pkg/apis/policy/v1beta1"
	"sigs.k8s.io/yaml"
)

func main() {
	code := 0
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Println(path, err)
			os.Exit(1)
		}
		for _, document := range strings.Split(string(text), "\n---\n") {
			var policy v1beta1.ClusterImagePolicy
			if err := yaml.UnmarshalStrict([]byte(document), &policy); err != nil {
				fmt.Println(path, err)
				code = 1
			} else if refused := policy.Validate(context.Background()); refused != nil {
				fmt.Println(path, refused)
				code = 1
			}
		}
	}
	os.Exit(code)
}
