import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { declared } from "../../../engine/trust/declared.ts";
import { declaredKeys } from "../../../engine/trust/fingerprints.ts";
import { accepts } from "../../../engine/trust/identity.ts";
import type { BuildClaims, Signer } from "../../../engine/trust/verification.ts";
import { compile } from "../../../language/compile.ts";
import type { Program, Trust } from "../../../language/core/ir.ts";
import { compileIdentities, textReport } from "./compile.ts";
import { cosignArgs } from "./cosign.ts";
import { Ledger } from "./dialect.ts";
import { type FulcioCheck, fulcioChecks } from "./fulcio.ts";
import { tokenConditions } from "./token.ts";

const here = new URL("./", import.meta.url);
const source = readFileSync(new URL("fixtures/identities.scp", here), "utf8");

function programOf(text: string): Program {
  const { value, diagnostics } = compile({ deciding: [{ path: "identities.scp", text }], load: () => undefined });
  expect(diagnostics.filter((one) => one.level === "error")).toEqual([]);
  return value;
}

const program = programOf(source);
const pems = new Map(declaredKeys(program, () => undefined).keys.flatMap(({ trust, pem }) => (pem === undefined ? [] : [[trust, pem]])));
const built = compileIdentities(program, pems);

function trustOf(body: string): Trust {
  const [trust] = programOf(`module t\ntrust who = ${body}\n`).trusts;
  if (trust === undefined) throw new Error(body);
  return trust;
}

function wordAfter(argv: readonly string[], flag: string): string | undefined {
  const at = argv.indexOf(flag);
  return at < 0 ? undefined : argv[at + 1];
}

it("enters every declared part into exactly one list of each dialect", () => {
  for (const { trust, parts, dialects } of built.report)
    for (const { dialect, enforced, approximated, lost, files } of dialects) {
      const entered = [...enforced, ...approximated.map((one) => one.part), ...lost.map((one) => one.part)];
      expect([trust, dialect, [...new Set(entered)].sort().length]).toEqual([trust, dialect, entered.length]);
      if (files.length > 0) expect([trust, dialect, [...entered].sort()]).toEqual([trust, dialect, [...parts].sort()]);
      else expect([trust, dialect, lost.length > 0]).toEqual([trust, dialect, true]);
    }
});

it("writes what the goldens have", () => {
  const folder = new URL("fixtures/goldens/", here);
  const files = [...built.files, { path: "report.txt", text: textReport(built.report).join("\n") }];
  if (process.env["WAYBILL_GOLDEN"] === "write") {
    rmSync(folder, { recursive: true, force: true });
    for (const { path, text } of files) {
      mkdirSync(dirname(fileURLToPath(new URL(path, folder))), { recursive: true });
      writeFileSync(new URL(path, folder), text);
    }
  }
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(found.length).toBe(files.length);
  for (const { path, text } of files) expect(text).toBe(readFileSync(new URL(path, folder), "utf8"));
});

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const schema = (name: string) => ajv.compile(JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, here), "utf8")));
const schemas = {
  "kyverno.yaml": schema("kyverno-imagevalidatingpolicy-v1"),
  "policy-controller.yaml": schema("policy-controller-clusterimagepolicy-v1beta1"),
  "vault-role.json": schema("vault-jwt-role"),
};

it("writes for Kyverno, policy-controller and Vault what their schemas allow", () => {
  const counts = { "kyverno.yaml": 0, "policy-controller.yaml": 0, "vault-role.json": 0 };
  for (const { path, text } of built.files) {
    const name = path.slice(path.indexOf("/") + 1);
    if (!(name in schemas)) continue;
    const kind = name as keyof typeof schemas;
    for (const document of parseAllDocuments(text)) {
      counts[kind] += 1;
      expect([path, schemas[kind](document.toJS()), schemas[kind].errors]).toEqual([path, true, null]);
    }
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(4);
});

it("holds the output against schemas that refuse a misspelt field", () => {
  const policy = parseAllDocuments(readFileSync(new URL("fixtures/goldens/acme.nightly/kyverno.yaml", here), "utf8"))[0]?.toJS();
  policy.spec.attestors[0].cosign.keyles = policy.spec.attestors[0].cosign.keyless;
  expect(schemas["kyverno.yaml"](policy)).toBe(false);
  expect(schemas["vault-role.json"]({ role_type: "jwt", user_claim: "sub", bound_audiences: ["v"], bound_claims: {} })).toBe(false);
});

it("makes no call of cosign without an identity", () => {
  for (const trust of program.trusts) {
    const argv = cosignArgs(trust);
    if (argv.length === 0) continue;
    const names = ["--certificate-identity", "--certificate-identity-regexp", "--key"].filter((flag) => argv.includes(flag));
    expect([trust.key, names.length]).toEqual([trust.key, 1]);
    for (const word of argv) expect(word).not.toBe("");
    if (!argv.includes("--key")) expect(wordAfter(argv, "--certificate-oidc-issuer")).toMatch(/^https:/);
  }
  expect(cosignArgs(trustOf(`spiffe { id: "spiffe://acme.example/a" }`))).toEqual([]);
});

const hostile = fc.constantFrom(
  "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1",
  "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1/x",
  "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1\nevil",
  "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/v1",
  "https://github.com/acme/shop/.github/workflows/release.yml@x.yml@refs/tags/v1",
  "https://github.com/acme/shop/.github/workflows/releaseXyml@refs/tags/v1",
  "https://github.com/acme/shop-evil/.github/workflows/release.yml@refs/tags/v1",
  "https://github.com/evil/shop/.github/workflows/release.yml@refs/tags/v1",
  "https://githubXcom/acme/shop/.github/workflows/release.yml@refs/tags/v1",
  "https://evil.example/?https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1",
  "ada@acme.example",
  "",
);
const refs = fc.constantFrom("refs/tags/v1", "refs/tags/v1/x", "refs/heads/v1", "refs/heads/main", "refs/tags/x", "refs/tags/a@v1");
const claimsOf = fc.record(
  {
    buildSignerUri: hostile,
    buildConfigUri: hostile,
    runnerEnvironment: fc.constantFrom("github-hosted", "self-hosted", "gitlab-hosted"),
    sourceRepositoryUri: fc.constantFrom("https://github.com/acme/shop", "https://github.com/acme/shop2", "https://github.com/evil/shop"),
    sourceRepositoryRef: refs,
    sourceRepositoryId: fc.constantFrom("1", "2", "11"),
    deploymentEnvironment: fc.constantFrom("production", "production-eu"),
    buildTrigger: fc.constantFrom("push", "pull_request"),
  },
  { requiredKeys: [] },
);
const issuers = fc.constantFrom("https://token.actions.githubusercontent.com", "https://token.actions.githubusercontent.com.evil.example");
/** A keyless identity in which any part may be left out. */
const declarations = fc
  .record({
    workflow: fc.boolean(),
    ref: fc.constantFrom("", `tag("v*")`, `tag("v1")`, `branch("main")`, `tag("**")`, `tag("a@*")`),
    runner: fc.boolean(),
    environment: fc.boolean(),
    trigger: fc.boolean(),
  })
  .map((chosen) =>
    trustOf(`keyless {
  issuer: "https://token.actions.githubusercontent.com"
  repository: github("acme/shop", id: 1)
  ${chosen.workflow ? `workflow: ".github/workflows/release.yml"` : ""}
  ${chosen.ref === "" ? "" : `ref: ${chosen.ref}`}
  ${chosen.runner ? "runner: hosted" : ""}
  ${chosen.environment ? `environment: "production"` : ""}
  ${chosen.trigger ? `trigger: "push"` : ""}
}`),
  );

const oids: Readonly<Record<string, keyof BuildClaims>> = {
  "9": "buildSignerUri",
  "11": "runnerEnvironment",
  "12": "sourceRepositoryUri",
  "14": "sourceRepositoryRef",
  "15": "sourceRepositoryId",
  "18": "buildConfigUri",
  "20": "buildTrigger",
  "23": "deploymentEnvironment",
};

/** What a verifier of OIDs does with the file, by its own words: Go's `MatchString` looks anywhere in a value. */
function holds(checks: readonly FulcioCheck[], issuer: string, claims: BuildClaims): boolean {
  return checks.every(({ anyOf }) =>
    anyOf.some((one) => {
      const last = one.oid.split(".").at(-1) ?? "";
      const value = last === "8" ? issuer : claims[oids[last] ?? "buildSignerUri"];
      if (typeof value !== "string") return false;
      return "equals" in one ? value === one.equals : RE2JS.compile(one.matches).test(value);
    }),
  );
}

function keylessOf(trust: Trust) {
  const parts = declared(trust);
  if (parts.kind !== "keyless") throw new Error("not keyless");
  return parts;
}

it("gives OID checks that hold for no certificate that the declaration does not accept, and for all others but odd refs", () => {
  let accepted = 0;
  fc.assert(
    fc.property(declarations, issuers, claimsOf, (trust, issuer, claims) => {
      const signer = { kind: "certificate", issuer, identities: [], claims, fingerprint: "" } as Signer;
      const own = accepts(trust, signer, [], new Map()).kind === "accepted";
      const theirs = holds(fulcioChecks(keylessOf(trust), new Ledger()), issuer, claims as BuildClaims);
      if (theirs) expect(own).toBe(true);
      const isOdd = trust.body.kind === "keyless" && JSON.stringify(trust.body.fields["ref"] ?? "").includes("@");
      if (own && !isOdd) expect(theirs).toBe(true);
      if (own) accepted += 1;
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(0);
});

it("gives cosign a name that matches no certificate of another repository, workflow or ref", () => {
  let accepted = 0;
  fc.assert(
    fc.property(declarations, hostile, (trust, san) => {
      const argv = cosignArgs(trust);
      const exact = wordAfter(argv, "--certificate-identity");
      const regex = wordAfter(argv, "--certificate-identity-regexp");
      const isName = exact === undefined ? RE2JS.compile(regex ?? "").test(san) : san === exact;
      if (!isName) return;
      accepted += 1;
      const [, ref = ""] = /@(refs\/.*)$/s.exec(san) ?? [];
      const claims: BuildClaims = { buildSignerUri: san, sourceRepositoryUri: "https://github.com/acme/shop", sourceRepositoryRef: ref };
      const full = {
        ...claims,
        sourceRepositoryId: "1",
        runnerEnvironment: "github-hosted",
        deploymentEnvironment: "production",
        buildTrigger: "push",
      };
      const signer = {
        kind: "certificate",
        issuer: "https://token.actions.githubusercontent.com",
        identities: [san],
        claims: full,
        fingerprint: "",
      };
      expect([san, accepts(trust, signer as Signer, [], new Map())]).toEqual([san, { kind: "accepted" }]);
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(0);
});

it("tells both forms of GitHub's subject, and quotes a colon in the environment", () => {
  const conditions = (body: string) => tokenConditions(keylessOf(trustOf(body)), new Ledger());
  const base = `issuer: "https://token.actions.githubusercontent.com"\nrepository: github("acme/shop", id: 456789)`;
  const subject = (body: string, sub: string) =>
    conditions(body).subjects.map(({ test }) => ("matches" in test ? RE2JS.compile(test.matches).test(sub) : test.equals === sub));
  const tagged = `keyless { ${base}\nref: tag("v*") }`;
  expect(subject(tagged, "repo:acme/shop:ref:refs/tags/v1")).toEqual([true, false]);
  expect(subject(tagged, "repo:acme@123456/shop@456789:ref:refs/tags/v1")).toEqual([false, true]);
  expect(subject(tagged, "repo:acme@123456/shop@456780:ref:refs/tags/v1")).toEqual([false, false]);
  expect(subject(tagged, "repo:acme/shop-evil:ref:refs/tags/v1")).toEqual([false, false]);
  const environment = `keyless { ${base}\nenvironment: "prod:eu" }`;
  expect(subject(environment, "repo:acme/shop:environment:prod%3Aeu")).toEqual([true, false]);
});

/** Whether an image with valid signatures of these identities passes every policy: each needs one of its authorities. */
function passes(yaml: string, signers: ReadonlySet<string>): boolean {
  return parseAllDocuments(yaml).every((document) =>
    document.toJS().spec.authorities.some(({ name }: { name: string }) => signers.has(name.replace("t-", ""))),
  );
}

it("says any quorum of quorums to policy-controller by policies that all have to pass", () => {
  const members = ["a", "b", "c", "d"];
  const keys = members.map((name) => `trust ${name} = keyless { issuer: "https://a.example", identity: "${name}@a.example" }`);
  const shapes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.subarray(members));
  fc.assert(
    fc.property(shapes, ([inner, outer, signed]) => {
      const text = `module t\n${keys.join("\n")}\ntrust low = ${inner} of [a, b, c]\ntrust high = ${outer} of [low, c, d]\n`;
      const report = compileIdentities(programOf(text), new Map()).files.find((file) => file.path === "t.high/policy-controller.yaml");
      const has = (name: string) => signed.includes(name);
      const low = ["a", "b", "c"].filter(has).length >= inner;
      const high = [low, has("c"), has("d")].filter(Boolean).length >= outer;
      expect(passes(report?.text ?? "", new Set(signed))).toBe(high);
    }),
    { numRuns: 200 },
  );
});
