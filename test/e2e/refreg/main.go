// Command refreg serves an OCI registry in memory which has the referrers API: `refreg 127.0.0.1:5000`.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	quiet := log.New(os.Stderr, "", 0)
	quiet.Fatal(http.ListenAndServe(os.Args[1], registry.New(registry.WithReferrersSupport(true), registry.Logger(quiet))))
}
