// Command timestamps serves Sigstore's timestamp authority with a key in memory: `timestamps 5001`, on loopback. Its own
// command serves metrics beside, always on port 2112, so that no two of them can run on one machine.
package main

import (
	"os"
	"strconv"
	"time"

	"github.com/sigstore/timestamp-authority/v2/pkg/log"
	"github.com/sigstore/timestamp-authority/v2/pkg/server"
	"github.com/spf13/viper"
)

func main() {
	port, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Logger.Fatal(err)
	}
	// The defaults of its command.
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("default-policy-oid", "1.3.6.1.4.1.57264.2")
	viper.Set("accepted-policy-oids", []string{"1.3.6.1.4.1.57264.2"})
	viper.Set("max-request-body-size", 1048576)
	authority := server.NewRestAPIServer("127.0.0.1", port, []string{"http"}, false, 30*time.Second, 30*time.Second)
	if err := authority.Serve(); err != nil {
		log.Logger.Fatal(err)
	}
}
