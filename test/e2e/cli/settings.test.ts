/** Whose `waybill.toml` holds: a checkout that is judged gives whoever judges it neither feeds nor inputs, modules, tables or keys. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readSigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { grype } from "./fixtures.ts";
import { folder, type Ran, waybill } from "./waybill.ts";

const now = ["--now", "2026-11-21T12:00:00Z"];
const purl = "pkg:npm/cross-spawn@7.0.3";

const silencing = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://acme.example/vex/1",
  author: "Whoever",
  timestamp: "2026-11-01T00:00:00Z",
  version: 1,
  statements: [
    {
      vulnerability: { name: "CVE-2024-21538" },
      products: [{ "@id": purl }],
      status: "not_affected",
      justification: "vulnerable_code_not_present",
    },
  ],
};

const resolving = `module acme.risk

import waybill.vuln

input level: Int = 3

policy risk for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid open: some f in scan.findings where not (f is resolved by claimed)
  require enough: level >= 3 else "the level is {level}"
}
`;

const greedy = `policy = "risk.scp"

[inputs]
"acme.risk.level" = 5

[feeds]
vex = "vex"
`;

/** A checkout of others, with a scan of what it builds and words that silence its finding. */
let checkout: string;
beforeEach(async () => {
  checkout = await folder({
    ".git/HEAD": "",
    "waybill.toml": greedy,
    "risk.scp": resolving,
    "vex/a.json": JSON.stringify(silencing),
    "scan.json": grype([{ id: "CVE-2024-21538", severity: "High" }]),
  });
});

const words = ["--subject", "pkg:npm/shop", "--evidence", "scan.json", "--format", "json", ...now];
const gate = (policy: readonly string[], stdin = ""): Promise<Ran> => waybill(["gate", ...words, ...policy], { cwd: checkout, stdin });
const decide = (...more: readonly string[]): Promise<Ran> => waybill(["vex", "decide", "--claimed", ...words, ...more], { cwd: checkout });

interface Counted {
  readonly counts: { readonly suppressed: number; readonly kept: number };
}

const suppressed = (ran: Ran): number => {
  const answer = JSON.parse(ran.out) as { readonly subjects?: readonly Counted[]; readonly vex?: readonly Counted[] };
  return (answer.subjects ?? answer.vex ?? []).reduce((sum, { counts }) => sum + counts.suppressed, 0);
};

describe("`vex decide` in a checkout of others", () => {
  it("asks none of the repositories that its waybill.toml names, and says how they are asked", async () => {
    const ran = await decide();
    expect([ran.code, suppressed(ran)]).toEqual([1, 0]);
    expect(ran.err).toContain("waybill.toml names feeds, stands with no policy, and holds for nothing here");
    expect(ran.err).toContain("`--config waybill.toml`");
    expect(ran.out).not.toContain("vex/a.json");
  });

  it("asks them where the caller names it", async () => {
    const ran = await decide("--config", "waybill.toml");
    expect([ran.code, suppressed(ran), ran.err]).toEqual([0, 1, ""]);
  });

  it("says nothing where it names no feed, and takes a named one that is not there for wrong use", async () => {
    writeFileSync(join(checkout, "waybill.toml"), 'policy = "risk.scp"\n');
    expect(await decide()).toMatchObject({ code: 1, err: "" });
    expect((await decide("--config", "gone.toml")).code).toBe(2);
  });
});

describe("a policy from stdin, in a checkout of others,", () => {
  it("decides by none of its feeds and inputs, and says how it would", async () => {
    const strict = resolving.replace("level >= 3", "level >= 5");
    const ran = await gate(["--policy", "-"], strict);
    expect([ran.code, suppressed(ran)]).toEqual([1, 0]);
    expect(ran.out).toContain("the level is 3");
    expect(ran.err).toContain("`--config waybill.toml` would take it");
    expect((await gate(["--policy", "-", "--config", "waybill.toml"], strict)).code).toBe(0);
  });

  it("is not given them by a policy of the checkout beside it", async () => {
    writeFileSync(join(checkout, "more.scp"), "module acme.more\n");
    expect(suppressed(await gate(["--policy", "-", "--policy", "more.scp"], resolving))).toBe(0);
  });

  it("imports no module and reads no table of it", async () => {
    const imports = `module trusted.p

import acme.lists as lists

policy p for artifact at ci {
  require ours: artifact.name in lists.names
}
`;
    writeFileSync(join(checkout, "lists.scp"), 'module acme.lists\n\nlet names = ["shop"]\n');
    const table = `module trusted.p

enum Answer { no, yes }

table allowed(asked: Answer) -> Answer from "allowed.csv"

policy p for artifact at ci {
  require ours: allowed(yes) == yes
}
`;
    writeFileSync(join(checkout, "allowed.csv"), "asked,allowed\nno,yes\nyes,yes\n");
    for (const text of [imports, table]) {
      expect(await gate(["--policy", "-"], text)).toMatchObject({ code: 2, err: expect.stringContaining("WB1017") });
      writeFileSync(join(checkout, "waybill.toml"), "");
      expect(await gate(["--policy", "-"], text)).toMatchObject({ code: 2 });
      expect((await gate(["--policy", "-", "--config", "waybill.toml"], text)).err).not.toContain("WB1017");
    }
  });

  it("believes no key of it", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const read = readSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
    if (read.kind === "refused") throw new Error(read.problem);
    const sha256 = createHash("sha256").update("what was built").digest("hex");
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "shop", digest: { sha256 } }],
      predicateType: "https://openvex.dev/ns/v0.2.0",
      predicate: silencing,
    };
    writeFileSync(join(checkout, "shop"), "what was built");
    writeFileSync(join(checkout, "release.pub"), read.key.publicPem);
    writeFileSync(join(checkout, "signed.json"), signStatement(statement, read.key));
    const policy = 'module trusted.p\n\ntrust release = key { file: "release.pub" }\n';
    const asked = ["vex", "decide", "--by", "release", "-s", "shop", "-e", "scan.json", "signed.json", "-f", "json", ...now];
    const run = (...more: readonly string[]): Promise<Ran> => waybill([...asked, ...more], { cwd: checkout, stdin: policy });
    const refused = await run("-p", "-");
    expect([refused.code, suppressed(refused)]).toEqual([1, 0]);
    expect(refused.err).toContain("WB1034");
    writeFileSync(join(checkout, "waybill.toml"), "");
    expect(suppressed(await run("-p", "-", "--config", "waybill.toml"))).toBe(1);
  });

  it("is checked as a text of the working directory all the same: nothing is decided by it", async () => {
    writeFileSync(join(checkout, "lists.scp"), 'module acme.lists\n\nlet names = ["shop"]\n');
    const text =
      "module acme.p\n\nimport acme.lists as lists\n\npolicy p for artifact at ci {\n  require ours: artifact.name in lists.names\n}\n";
    expect(await waybill(["check", "-"], { cwd: checkout, stdin: text })).toMatchObject({ code: 0 });
  });
});

describe("a policy given by path, in a checkout of others,", () => {
  it("stands where a link leads to", async () => {
    const trusted = await folder({ "p/risk.scp": resolving });
    symlinkSync(join(trusted, "p"), join(checkout, "linked"));
    expect(suppressed(await gate(["--policy", "linked"]))).toBe(0);
    mkdirSync(join(checkout, "own"));
    renameSync(join(checkout, "risk.scp"), join(checkout, "own", "risk.scp"));
    symlinkSync(join(checkout, "own"), join(checkout, "inner"));
    expect(suppressed(await gate(["--policy", "inner"]))).toBe(1);
  });

  it("decides without any settings, or by those of its own, where the caller says so", async () => {
    const trusted = await folder({ "risk.scp": resolving, "waybill.toml": "[feeds]\nvex = 'none'\n" });
    expect(suppressed(await gate(["--policy", "risk.scp"]))).toBe(1);
    expect(suppressed(await gate(["--policy", "risk.scp", "--no-config"]))).toBe(0);
    const ran = await gate(["--policy", "risk.scp", "--config", join(trusted, "waybill.toml")]);
    expect([ran.code, ran.out.includes("WB1277")]).toEqual([3, true]);
  });

  it("has the settings of its own project, in a folder above, which a file of the checkout neither hides nor breaks", async () => {
    const strict = { "risk.scp": resolving.replace("level >= 3", "level >= 5"), "waybill.toml": '[inputs]\n"acme.risk.level" = 4\n' };
    const trusted = await folder({ ...strict, "pull/scan.json": grype([]), "pull/.git/HEAD": "" });
    const judged = () => waybill(["gate", ...words, "--policy", "../risk.scp"], { cwd: join(trusted, "pull") });
    expect((await judged()).out).toContain("the level is 4");
    for (const theirs of [greedy, "not = = toml", '[inputs]\n"acme.risk.level" = 9\n']) {
      writeFileSync(join(trusted, "pull", "waybill.toml"), theirs);
      const ran = await judged();
      expect([ran.code, ran.out.includes("the level is 4")]).toEqual([1, true]);
      expect(ran.err).toContain("waybill.toml is not of the project of ../risk.scp");
    }
  });

  it("is tested without its inputs", async () => {
    const tested = `${resolving}\ntest "the level" {\n  given artifact { name: "shop" }\n  given attestation vuln.Scan claimed { findings: [] }\n  expect allow\n}\n`;
    writeFileSync(join(checkout, "waybill.toml"), greedy.replace("= 5", "= 1"));
    const trusted = await folder({ "risk.scp": tested });
    expect((await waybill(["test", join(trusted, "risk.scp")], { cwd: checkout })).code).toBe(0);
    writeFileSync(join(checkout, "risk.scp"), tested);
    expect((await waybill(["test", "risk.scp"], { cwd: checkout })).code).toBe(1);
  });
});
