import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../language/compile.ts";
import type { Trust } from "../../language/core/ir.ts";
import { accepts, type KeyFingerprints } from "./identity.ts";
import type { BuildClaims, Signer, VerifiedTime } from "./verification.ts";

const github = "https://token.actions.githubusercontent.com";

function trust(body: string): Trust {
  const { value } = compile({ deciding: [{ path: "a.scp", text: `module acme.a\ntrust who = ${body}\n` }], load: () => undefined });
  const [found] = value.trusts;
  if (found === undefined) throw new Error(`no trust declaration: ${body}`);
  return found;
}

const claims: BuildClaims = {
  buildSignerUri: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0",
  buildConfigUri: "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0",
  runnerEnvironment: "github-hosted",
  sourceRepositoryUri: "https://github.com/acme/shop",
  sourceRepositoryRef: "refs/tags/v1.4.0",
  sourceRepositoryId: "48213077",
  deploymentEnvironment: "production",
  buildTrigger: "push",
};

function certificate(changes: Partial<Record<keyof BuildClaims, string | undefined>> = {}, rest: Partial<Signer> = {}): Signer {
  const changed = Object.fromEntries(Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined));
  const signer = {
    kind: "certificate",
    issuer: github,
    identities: [claims.buildSignerUri ?? ""],
    claims: changed,
    fingerprint: "sha256:00",
  };
  return { ...signer, ...rest } as Signer;
}

const none: KeyFingerprints = new Map();
const release = trust(`keyless {
  issuer: "${github}"
  repository: github("acme/shop", id: 48213077)
  workflow: ".github/workflows/release.yml"
  ref: tag("v*")
  runner: hosted
  environment: "production"
  trigger: "push"
}`);

function field(of: Trust, signer: Signer, times: readonly VerifiedTime[] = []): string {
  const acceptance = accepts(of, signer, times, none);
  return acceptance.kind === "rejected" ? acceptance.field : acceptance.kind;
}

describe("a certificate of a build", () => {
  it("is accepted where every part is as declared", () => {
    expect(accepts(release, certificate(), [], none)).toEqual({ kind: "accepted" });
  });

  it.each<[string, Partial<Record<keyof BuildClaims, string | undefined>>]>([
    ["repository", { sourceRepositoryUri: "https://github.com/acme/shop-evil" }],
    ["repository", { sourceRepositoryUri: "https://github.com/acme" }],
    ["repository", { sourceRepositoryUri: "https://github.example/acme/shop" }],
    ["repository", { sourceRepositoryUri: "https://gitlab.com/acme/shop" }],
    ["repository id", { sourceRepositoryId: "482130770" }],
    ["repository id", { sourceRepositoryId: "4821307" }],
    ["workflow", { buildSignerUri: "https://github.com/acme/shop/.github/workflows/test.yml@refs/tags/v1", buildConfigUri: undefined }],
    ["workflow", { buildSignerUri: "https://github.com/evil/x/.github/workflows/release.yml@refs/tags/v1", buildConfigUri: undefined }],
    [
      "workflow",
      { buildSignerUri: "https://github.com/acme/shop/.github/workflows/release.yml@x.yml@refs/heads/main", buildConfigUri: undefined },
    ],
    ["workflow", { buildSignerUri: "https://github.com/acme/shop/.github/workflows/release.yml", buildConfigUri: undefined }],
    ["workflow", { buildSignerUri: "https://github.com/evil/shop/.github/workflows/release.yml@refs/tags/v1", buildConfigUri: undefined }],
    ["ref", { sourceRepositoryRef: "refs/heads/v1" }],
    ["ref", { sourceRepositoryRef: "refs/pull/v1" }],
    ["ref", { sourceRepositoryRef: "refs/tags/x/v1" }],
    ["ref", { sourceRepositoryRef: "v1.4.0" }],
    ["runner", { runnerEnvironment: "self-hosted" }],
    ["runner", { runnerEnvironment: "hosted" }],
    ["environment", { deploymentEnvironment: "production-eu" }],
    ["trigger", { buildTrigger: "pull_request_target" }],
  ])("is rejected for its %s: %o", (part, changes) => {
    expect(field(release, certificate(changes))).toBe(part);
  });

  it.each<[string, keyof BuildClaims]>([
    ["repository", "sourceRepositoryUri"],
    ["repository id", "sourceRepositoryId"],
    ["ref", "sourceRepositoryRef"],
    ["runner", "runnerEnvironment"],
    ["environment", "deploymentEnvironment"],
    ["trigger", "buildTrigger"],
  ])("is rejected for its %s where it does not say it", (part, claim) => {
    expect(field(release, certificate({ [claim]: undefined }))).toBe(part);
    expect(accepts(release, certificate({ [claim]: undefined }), [], none)).toMatchObject({
      found: "nothing: the certificate does not say",
    });
  });

  it("needs the workflow in the signer's or the started workflow, of this repository", () => {
    const reusable = "https://github.com/acme/build/.github/workflows/sign.yml@refs/heads/main";
    expect(field(release, certificate({ buildSignerUri: reusable }))).toBe("accepted");
    expect(field(release, certificate({ buildSignerUri: reusable, buildConfigUri: undefined }))).toBe("workflow");
    expect(field(release, certificate({ buildSignerUri: undefined, buildConfigUri: undefined }))).toBe("workflow");
  });

  it.each([undefined, "", `${github}/`, `${github}/acme`, "https://token.actions.githubusercontent.com.evil.example"])(
    "is rejected for the issuer %s",
    (issuer) => {
      const { issuer: _, ...rest } = certificate() as Signer & { kind: "certificate" };
      expect(field(release, issuer === undefined ? rest : { ...rest, issuer })).toBe("issuer");
    },
  );

  it("is told by the older claims where the newer are absent, and never by both", () => {
    const old = certificate({ sourceRepositoryUri: undefined, sourceRepositoryRef: undefined, buildTrigger: undefined });
    const dated = {
      ...old,
      claims: { ...(old as { claims: BuildClaims }).claims, github: { repository: "acme/shop", ref: "refs/tags/v2", trigger: "push" } },
    };
    expect(field(release, dated as Signer)).toBe("accepted");
    const both = certificate({ sourceRepositoryUri: "https://github.com/evil/shop" });
    const mixed = { ...both, claims: { ...(both as { claims: BuildClaims }).claims, github: { repository: "acme/shop" } } };
    expect(field(release, mixed as Signer)).toBe("repository");
  });

  it("looks for a repository on the host of its issuer", () => {
    const own = trust(
      `keyless { issuer: "https://git.acme.example", repository: gitlab("shop/web/api", id: 7), workflow: ".gitlab-ci.yml", ref: branch("main") }`,
    );
    const there: BuildClaims = {
      sourceRepositoryUri: "https://git.acme.example/shop/web/api",
      sourceRepositoryId: "7",
      sourceRepositoryRef: "refs/heads/main",
      buildSignerUri: "https://git.acme.example/shop/web/api//.gitlab-ci.yml@refs/heads/main",
    };
    const signer: Signer = {
      kind: "certificate",
      issuer: "https://git.acme.example",
      identities: [],
      claims: there,
      fingerprint: "sha256:00",
    };
    expect(field(own, signer)).toBe("accepted");
    expect(field(own, { ...signer, claims: { ...there, sourceRepositoryUri: "https://gitlab.com/shop/web/api" } })).toBe("repository");
  });
});

describe("a certificate of a person", () => {
  const person = trust(`keyless { issuer: "https://accounts.google.com", identity: "*@acme.example" }`);
  const by = (...identities: string[]): Signer => ({
    kind: "certificate",
    issuer: "https://accounts.google.com",
    identities,
    claims: {},
    fingerprint: "sha256:00",
  });

  it("is accepted by a glob over the whole name", () => {
    expect(field(person, by("ada@acme.example"))).toBe("accepted");
    expect(field(person, by("ada@acme.example.evil"))).toBe("identity");
    expect(field(person, by("https://evil.example/@acme.example"))).toBe("identity");
    expect(field(person, by())).toBe("identity");
    expect(field(person, by(""))).toBe("identity");
  });

  it("is never accepted for a part of its name", () => {
    const exact = trust(`keyless { issuer: "https://accounts.google.com", identity: "ada@acme.example" }`);
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        fc.pre(before !== "" || after !== "");
        expect(field(exact, by(`${before}ada@acme.example${after}`))).toBe("identity");
      }),
    );
    for (let end = 0; end < "ada@acme.example".length; end++) expect(field(exact, by("ada@acme.example".slice(0, end)))).toBe("identity");
  });
});

describe("keys and workloads", () => {
  const print = `sha256:${"ab".repeat(32)}`;

  it("takes the fingerprint of the policy, or that of the file that was read", () => {
    const file = trust(`key { file: "keys/a.pub" }`);
    expect(accepts(file, { kind: "key", fingerprint: print }, [], none)).toEqual({
      kind: "unknown",
      detail: "the key `keys/a.pub` was not read",
    });
    expect(accepts(file, { kind: "key", fingerprint: print }, [], new Map([["acme.a.who", print]]))).toEqual({ kind: "accepted" });
    expect(field(trust(`key { fingerprint: "${print}" }`), { kind: "key", fingerprint: print })).toBe("accepted");
    expect(field(trust(`key { fingerprint: "${print}" }`), { kind: "key", fingerprint: print.replace("ab", "cd") })).toBe("key");
  });

  it("takes no certificate for a key and no key for a certificate", () => {
    expect(field(trust(`key { fingerprint: "${print}" }`), certificate({}, { fingerprint: print }))).toBe("form");
    expect(field(release, { kind: "key", fingerprint: print })).toBe("form");
    expect(field(trust(`spiffe { id: "spiffe://acme.example/ns/a" }`), certificate())).toBe("form");
  });

  it("takes SPIFFE ids by path patterns that stop at a slash", () => {
    const web = trust(`spiffe { id: "spiffe://acme.example/ns/*/sa/web" }`);
    const by = (id: string): Signer => ({ kind: "spiffe", id, fingerprint: "sha256:00" });
    expect(field(web, by("spiffe://acme.example/ns/shop/sa/web"))).toBe("accepted");
    expect(field(web, by("spiffe://acme.example/ns/shop/x/sa/web"))).toBe("id");
    expect(field(web, by("spiffe://evil.example/ns/shop/sa/web"))).toBe("id");
    expect(field(web, by("spiffe://acme.example/ns/shop/sa/web2"))).toBe("id");
  });
});

describe("a window", () => {
  const windowed = trust(`key { fingerprint: "sha256:${"ab".repeat(32)}", not_before: 2026-01-01, not_after: 2026-06-30 }`);
  const signer: Signer = { kind: "key", fingerprint: `sha256:${"ab".repeat(32)}` };
  const at = (text: string): VerifiedTime => ({ source: "timestamp-authority", by: "tsa", time: Date.parse(text) * 1000 });

  it("is compared with the verified time, and unknown without one", () => {
    expect(accepts(windowed, signer, [], none)).toMatchObject({ kind: "unknown" });
    expect(field(windowed, signer, [at("2025-12-31T23:59:59.999Z")])).toBe("not_before");
    expect(field(windowed, signer, [at("2026-01-01T00:00:00Z")])).toBe("accepted");
    expect(field(windowed, signer, [at("2026-06-30T23:59:59Z")])).toBe("accepted");
    expect(field(windowed, signer, [at("2026-07-01T00:00:00Z")])).toBe("not_after");
  });

  it("takes the earliest of several times, in whatever order", () => {
    expect(field(windowed, signer, [at("2026-08-01T00:00:00Z"), at("2026-02-01T00:00:00Z")])).toBe("accepted");
    expect(field(windowed, signer, [at("2026-02-01T00:00:00Z"), at("2025-02-01T00:00:00Z")])).toBe("not_before");
  });

  it("does not make a wrong signer unknown", () => {
    expect(field(windowed, { kind: "key", fingerprint: "sha256:00" })).toBe("key");
  });
});
