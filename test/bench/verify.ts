/**
 * Signatures: one verification against @sigstore/verify alone on the same bundle, from the cache, and whole processes
 * against cosign. In process the bundles are of a Sigstore in memory, as in the tests of attacks; cosign is asked about one of
 * the conformance suite.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { verificationCache } from "../../engine/trust/cache.ts";
import { joinRoots, readTrustRoot } from "../../engine/trust/root.ts";
import { verifyBundle } from "../../engine/trust/verify.ts";
import { bytesOf, digests, envelopeBundle, identity, instance, messageBundle, oidcIssuer, statement } from "../trust/instance.ts";
import { type Bar, inTurn, nanoseconds } from "./measure.ts";
import { type Cost, costs, runProgram, seconds, type Workshop } from "./processes.ts";

const acme = instance();
const artifact = Buffer.from("the artifact\n");

/** The library alone, from the bytes of a bundle to its answer, with the root read before. */
function library(): (bundle: Buffer) => unknown {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(acme.root)), {
    tlogThreshold: 1,
    ctlogThreshold: 1,
    timestampThreshold: 1,
  });
  const policy = { subjectAlternativeName: identity, extensions: { issuer: oidcIssuer } };
  return (bundle) => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle.toString())), artifact), policy);
}

function inProcess(): readonly Bar[] {
  const root = readTrustRoot(bytesOf(acme.root), "root.json").value;
  if (!root) throw new Error("the root was not read");
  const options = { roots: joinRoots([root]), artifact };
  const bundles = {
    "message signature": bytesOf(messageBundle(acme, artifact)),
    attestation: bytesOf(envelopeBundle(acme, statement([{ name: "app", digest: digests(artifact, "sha256") }]))),
  };
  const alone = library();
  return Object.entries(bundles).flatMap(([name, bundle]): readonly Bar[] => {
    const cache = verificationCache();
    for (const answer of [verifyBundle(bundle, options), cache.verify(bundle, options)])
      if (answer.kind !== "verified") throw new Error(`${name} was not verified`);
    const spent = inTurn({
      ours: () => verifyBundle(bundle, options),
      alone: () => alone(bundle),
      cached: () => cache.verify(bundle, options),
    });
    return [
      {
        work: `verify, ${name}, cold / @sigstore/verify alone`,
        ratio: spent.ours / spent.alone,
        direction: "<=",
        bar: 1.15,
        detail: `${nanoseconds(spent.ours)} against ${nanoseconds(spent.alone)}`,
      },
      {
        work: `verify, ${name}, cold / from the cache`,
        ratio: spent.ours / spent.cached,
        direction: ">=",
        bar: 50,
        detail: `${nanoseconds(spent.ours)} against ${nanoseconds(spent.cached)}`,
      },
    ];
  });
}

const suite = new URL("../../../shared/corpus/", import.meta.url);
const beacon =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

/** Cosign on the PATH or in $WAYBILL_TOOLS. */
function findCosign(): string | undefined {
  const folders = [process.env["WAYBILL_TOOLS"], ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.flatMap((folder) => (folder ? [join(folder, "cosign")] : [])).find((path) => existsSync(path));
}

function processes(workshop: Workshop, rounds: number): readonly (Bar | { readonly work: string; readonly skipped: string })[] {
  const cosign = findCosign();
  const work = "waybill verify / cosign verify-blob, same bundle and root, offline";
  if (cosign === undefined) return [{ work, skipped: "there is no cosign on the PATH or in $WAYBILL_TOOLS" }];
  if (!existsSync(suite)) return [{ work, skipped: "the conformance suite is not beside the checkout" }];
  const read = (path: string): Buffer => readFileSync(new URL(path, suite));
  const place = (name: string, bytes: Uint8Array): string => {
    const path = join(workshop.folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const app = place("app", read("sigstore-conformance/a.txt"));
  const root = place("root.json", read("trusted-root/trusted_root.json"));
  const bundle = read("sigstore-conformance/bundle-verify/happy-path-v0.3/bundle.sigstore.json");
  const bundles = Array.from({ length: 100 }, (_, i) => place(`app.${i}.json`, bundle));
  const [first = ""] = bundles;
  const ours = (paths: readonly string[]): number =>
    runProgram(process.execPath, {
      words: [
        workshop.waybill,
        "verify",
        ...paths,
        "--artifact",
        app,
        "--trusted-root",
        root,
        "--identity",
        beacon,
        "--issuer",
        oidcIssuer,
      ],
    });
  const named = ["--certificate-identity", beacon, "--certificate-oidc-issuer", oidcIssuer];
  const theirs = (path: string): number =>
    runProgram(cosign, { words: ["verify-blob", "--bundle", path, "--trusted-root", root, ...named, app] });
  const cost = (wall: number): Cost => ({ wall, cpu: Number.NaN, peak: Number.NaN });
  const spent = costs(
    {
      one: () => cost(ours([first])),
      theirOne: () => cost(theirs(first)),
      hundred: () => cost(ours(bundles)),
      theirHundred: () => cost(bundles.reduce((sum, path) => sum + theirs(path), 0)),
    },
    rounds,
  );
  return [
    {
      work,
      ratio: spent.one.wall / spent.theirOne.wall,
      direction: "<=",
      bar: 4,
      detail: `${seconds(spent.one.wall)} against ${seconds(spent.theirOne.wall)}`,
    },
    {
      work: "100 bundles in one call / 100 calls of cosign",
      ratio: spent.hundred.wall / spent.theirHundred.wall,
      direction: "<=",
      bar: 0.5,
      detail: `${seconds(spent.hundred.wall)} against ${seconds(spent.theirHundred.wall)}`,
    },
  ];
}

export function verifyBars(workshop: Workshop, rounds = 5): readonly (Bar | { readonly work: string; readonly skipped: string })[] {
  return [...inProcess(), ...processes(workshop, rounds)];
}
