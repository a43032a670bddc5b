// Command accept-vault writes roles into the JWT auth method that Vault ships, in this process and without Vault, and logs in
// with tokens: `accept-vault FILE…`. For each role a token with all of its claims must log in; none must without one of them,
// with another value of one that is no pattern, or for another audience. It exits 1 where that is not so.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/hashicorp/go-hclog"
	jwtauth "github.com/hashicorp/vault-plugin-auth-jwt"
	"github.com/hashicorp/vault/sdk/logical"
)

const issuer = "https://issuer.example"

type claims = map[string]interface{}

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	code := 0
	for _, path := range os.Args[1:] {
		for _, problem := range problemsOf(path, key) {
			fmt.Println(path, problem)
			code = 1
		}
	}
	os.Exit(code)
}

func problemsOf(path string, key *ecdsa.PrivateKey) []string {
	text, err := os.ReadFile(path)
	must(err)
	role := claims{}
	must(json.Unmarshal(text, &role))
	login, problem := mount(role, key)
	if problem != "" {
		return []string{problem}
	}
	bound := role["bound_claims"].(claims)
	found := []string{}
	if !login(func(claims) {}) {
		found = append(found, "a token with all claims does not log in")
	}
	if login(func(token claims) { token["aud"] = "other" }) {
		found = append(found, "a token for another audience logs in")
	}
	for name, value := range bound {
		if login(func(token claims) { delete(token, name) }) {
			found = append(found, "a token without "+name+" logs in")
		}
		text, isText := value.(string)
		if isText && strings.HasPrefix(text, "*") {
			continue
		}
		if login(func(token claims) { token[name] = fmt.Sprintf("x%v", value) }) {
			found = append(found, "a token with another "+name+" logs in")
		}
	}
	return found
}

// mount makes the auth method with the role; what it gives logs in with a token that has every bound claim, changed first.
func mount(role claims, key *ecdsa.PrivateKey) (func(func(claims)) bool, string) {
	ctx := context.Background()
	storage := &logical.InmemStorage{}
	system := &logical.StaticSystemView{DefaultLeaseTTLVal: time.Hour, MaxLeaseTTLVal: time.Hour}
	backend, err := jwtauth.Factory(ctx, &logical.BackendConfig{StorageView: storage, Logger: hclog.NewNullLogger(), System: system})
	must(err)
	write := func(operation logical.Operation, path string, data claims) (*logical.Response, error) {
		connection := &logical.Connection{RemoteAddr: "127.0.0.1"}
		return backend.HandleRequest(ctx, &logical.Request{Operation: operation, Path: path, Storage: storage, Data: data, Connection: connection})
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(err)
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	config := claims{"jwt_validation_pubkeys": []string{public}, "bound_issuer": issuer, "jwt_supported_algs": []string{"ES256"}}
	if response, err := write(logical.UpdateOperation, "config", config); err != nil || response.IsError() {
		return nil, fmt.Sprint("the configuration is refused: ", response, err)
	}
	if response, err := write(logical.CreateOperation, "role/one", role); err != nil || response.IsError() {
		return nil, fmt.Sprint("the role is refused: ", response, err)
	}
	return func(change func(claims)) bool {
		now := time.Now()
		token := claims{"iss": issuer, "sub": "s", "aud": "vault", "iat": now.Unix(), "nbf": now.Add(-time.Second).Unix(), "exp": now.Add(time.Minute).Unix()}
		token[role["user_claim"].(string)] = "x"
		for name, value := range role["bound_claims"].(claims) {
			token[name] = value
			if text, isText := value.(string); isText {
				token[name] = strings.ReplaceAll(text, "*", "1")
			}
		}
		change(token)
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
		must(err)
		signed, err := jwt.Signed(signer).Claims(token).CompactSerialize()
		must(err)
		response, err := write(logical.UpdateOperation, "login", claims{"role": "one", "jwt": signed})
		return err == nil && response != nil && !response.IsError() && response.Auth != nil
	}, ""
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
