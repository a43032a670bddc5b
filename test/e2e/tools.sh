#!/usr/bin/env bash
# Builds the servers and programs of the end-to-end suites, each at its pinned version, into a folder that is given:
#   test/e2e/tools.sh .cache/tools && WAYBILL_TOOLS=.cache/tools npm run test:e2e
# What is there at its version is left alone. Without Go, or without a way to its modules, it says so; the suites then skip.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1" && tools=$(cd "$1" && pwd) || exit 1
built=$(mktemp -d "$tools/new.XXXXXX")
trap 'rm -rf "$built"' EXIT

# Debian's registry is unpacked, not installed: nothing of the system changes, and nobody has to be root.
if ! command -v docker-registry >/dev/null && [ ! -x "$tools/docker-registry" ]; then
  if (cd "$built" && apt-get download docker-registry && dpkg -x docker-registry_*.deb .) >"$built/log" 2>&1; then
    mv "$built/usr/bin/docker-registry" "$tools/"
  else
    echo "no docker-registry: apt-get does not have it at hand" >&2
  fi
fi

command -v go >/dev/null || { echo "no Go: the suites that need cosign and its servers will skip" >&2; exit 0; }
# Go finds its caches by HOME, which may be missing.
[ -n "${HOME:-}${GOPATH:-}" ] || export GOPATH="$tools/go"
[ -n "${HOME:-}${XDG_CACHE_HOME:-}${GOCACHE:-}" ] || export GOCACHE="$tools/go/build"

absent=0

# install NAME MODULE PACKAGE VERSION
install() {
  if go version -m "$tools/$1" 2>/dev/null | grep -qF "	mod	$2	$4	"; then return; fi
  echo "building $1 $4"
  if GOBIN="$built" go install "$3@$4" >"$built/log" 2>&1; then mv "$built/$1" "$tools/$1"; else
    absent=$((absent + 1))
    echo "no $1: $(tail -1 "$built/log")" >&2
  fi
}

install cosign github.com/sigstore/cosign/v3 github.com/sigstore/cosign/v3/cmd/cosign v3.1.3
install registry github.com/distribution/distribution/v3 github.com/distribution/distribution/v3/cmd/registry v3.1.2
install fulcio github.com/sigstore/fulcio github.com/sigstore/fulcio v1.8.8
# Rekor v2 on a folder of files.
install posix github.com/sigstore/rekor-tiles/v2 github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix v2.3.0
# Servers of our own on the packages of others; their modules are pinned beside them.
for own in refreg timestamps; do
  if ! go build -C "$here/$own" -buildvcs=false -o "$tools/$own" . >"$built/log" 2>&1; then
    absent=$((absent + 1))
    echo "no $own: $(tail -1 "$built/log")" >&2
  fi
done
[ "$absent" -eq 0 ] || echo "$absent of 6 tools could not be built: the suites that need them will skip" >&2
