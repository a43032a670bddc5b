/** `gate` with VEX on what real scanners report: our own documents about findings that really are in those reports. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { folder, waybill } from "../e2e/cli/waybill.ts";

const scans = fileURLToPath(new URL("../../../shared/corpus/scans/", import.meta.url));
const trivy = `${scans}trivy/scheme_2_many_vulns.json`;
const grype = `${scans}anchore_grype/check_all_fields.json`;
const now = "2026-11-21T12:00:00Z";

const policy = `module acme.findings
import waybill.vuln
policy findings for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid unresolved: some f in scan.findings where f is not resolved by claimed
    else "{f.id} in {f.component.name}"
}
`;

const statement = (name: string, product: object, rest: object): object => ({ vulnerability: { name }, products: [product], ...rest });
const unused = { status: "not_affected", justification: "vulnerable_code_not_in_execute_path" };
const image = { "@id": "pkg:oci/teamdojo?repository_url=index.docker.io/library/teamdojo" };

/** About Trivy's five findings in `teamdojo:latest`, and two statements that are about nothing in it. */
const openvex = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://acme.example/vex/teamdojo",
  author: "Acme Product Security",
  timestamp: "2026-11-01T09:00:00Z",
  version: 1,
  statements: [
    statement(
      "CVE-2020-15999",
      { ...image, subcomponents: [{ "@id": "pkg:apk/alpine/freetype@2.9.1-r2" }] },
      { ...unused, impact_statement: "No font is ever loaded." },
    ),
    statement(
      "CVE-2020-28196",
      { ...image, subcomponents: [{ "@id": "pkg:apk/alpine/krb5-libs@1.15.5-r0" }] },
      { status: "affected", action_statement: "Upgrade to 1.15.5-r1." },
    ),
    statement("CVE-2019-12900", { "@id": "pkg:apk/alpine/libbz2" }, unused),
    statement("CVE-2018-11771", { "@id": "pkg:maven/org.apache.commons/commons-compress@1.14?type=jar" }, unused),
    statement(
      "CVE-2018-1324",
      { "@id": "pkg:maven/org.apache.commons/commons-compress@1.14" },
      { ...unused, timestamp: "2027-01-01T00:00:00Z" },
    ),
    statement("CVE-2020-28196", { "@id": "pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.10.0" }, unused),
    statement("CVE-2099-10000", image, { status: "fixed" }),
  ],
};

const products = [
  ["redis", "pkg:pypi/redis@4.0.2"],
  ["django", "pkg:pypi/django@3.2.9"],
  ["libc6", "pkg:deb/debian/libc6@2.28-10?arch=arm64"],
] as const;
const branch = (category: string, name: string, rest: object): object => ({ category, name, ...rest });
const notes = [{ category: "description", text: "As the scanner describes it." }];

/** About findings of Grype: one by its alias, one that is affected, one on another architecture. */
const csaf = {
  document: {
    category: "csaf_vex",
    csaf_version: "2.0",
    title: "Acme image, VEX",
    publisher: { category: "vendor", name: "Acme Product Security", namespace: "https://acme.example" },
    tracking: {
      id: "ACME-VEX-1",
      status: "final",
      version: "1",
      current_release_date: "2026-11-01T09:00:00Z",
      initial_release_date: "2026-11-01T09:00:00Z",
      revision_history: [{ number: "1", date: "2026-11-01T09:00:00Z", summary: "first" }],
    },
  },
  product_tree: {
    branches: [
      branch("vendor", "Acme", {
        branches: products.map(([id, purl]) =>
          branch("product_name", id, {
            branches: [
              branch("product_version", purl.replace(/^.*@|\?.*$/g, ""), {
                product: { product_id: id, name: `${id} in the image`, product_identification_helper: { purl } },
              }),
            ],
          }),
        ),
      }),
    ],
  },
  vulnerabilities: [
    {
      cve: "CVE-2021-44420",
      notes,
      product_status: { known_not_affected: ["django"] },
      flags: [{ label: "vulnerable_code_not_in_execute_path", product_ids: ["django"] }],
    },
    {
      cve: "CVE-2021-32626",
      notes,
      product_status: { known_affected: ["redis"] },
      remediations: [{ category: "vendor_fix", details: "Upgrade.", product_ids: ["redis"] }],
    },
    {
      cve: "CVE-2021-33574",
      notes,
      product_status: { known_not_affected: ["libc6"] },
      flags: [{ label: "vulnerable_code_not_present", product_ids: ["libc6"] }],
    },
  ],
};

interface Section {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly used: readonly { readonly document: string; readonly pointer: string; readonly status: string }[];
    readonly rejected: readonly { readonly reason: string; readonly detail: string }[];
  }[];
  readonly unmatched: readonly { readonly pointer: string; readonly nearest: string; readonly detail: string }[];
}

async function gate(scan: string, vex: object, subject: string, format: string) {
  const cwd = await folder({ "p.scp": policy, "acme.vex.json": JSON.stringify(vex, undefined, 2) });
  return waybill(["gate", "-s", subject, "-p", "p.scp", "-e", scan, "acme.vex.json", "--now", now, "--format", format], { cwd });
}

function problems(value: unknown, schema = "engine/evidence/sarif/sarif-2.1.0.schema.json"): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const rules = JSON.parse(readFileSync(new URL(`../../${schema}`, import.meta.url), "utf8"));
  return ajv.compile(rules)(value) ? [] : ajv.errors;
}

interface Log {
  readonly runs: readonly {
    readonly invocations: readonly {
      readonly toolExecutionNotifications?: readonly {
        readonly level: string;
        readonly descriptor: { readonly id: string };
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly message: { readonly text: string };
      readonly level: string;
      readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
    }[];
  }[];
}

describe.skipIf(!existsSync(scans))("gate with VEX on reports of the corpus (skipped where it is not beside the checkout)", () => {
  it("Trivy and OpenVEX: one finding is suppressed, four are kept with reasons, two statements match nothing", async () => {
    const ran = await gate(trivy, openvex, "teamdojo:latest", "json");
    expect([ran.code, ran.err]).toEqual([1, ""]);
    expect(problems(JSON.parse(ran.out), "docs/schemas/gate.schema.json")).toEqual([]);
    const [section] = (JSON.parse(ran.out) as { vex: readonly Section[] }).vex;
    expect(section?.counts).toEqual({
      findings: 5,
      suppressed: 1,
      kept: 4,
      conflict: 0,
      unmentioned: 0,
      statements: 7,
      unmatched: 2,
      unasked: 0,
      unread: 0,
    });
    const told = section?.findings.map(({ id, verdict, used, rejected }) => [
      id,
      verdict,
      ...used.map((claim) => `${claim.pointer} ${claim.status}`),
      ...rejected.map(({ reason }) => reason),
    ]);
    expect(told).toEqual([
      ["CVE-2020-15999", "suppressed", "/statements/0 not_affected"],
      ["CVE-2020-28196", "kept", "/statements/1 affected"],
      ["CVE-2019-12900", "kept", "unanchored"],
      ["CVE-2018-11771", "kept", "version-unknown"],
      ["CVE-2018-1324", "kept", "not-yet"],
    ]);
    expect(section?.unmatched.map(({ pointer, nearest, detail }) => [pointer, nearest, detail])).toEqual([
      [
        "/statements/5",
        "qualifier",
        "qualifier distro: it asks for alpine-3.10.0, pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.9.4 has alpine-3.9.4",
      ],
      ["/statements/6", "vulnerability", "no finding has CVE-2099-10000"],
    ]);
  });

  it("Trivy and OpenVEX, for people", async () => {
    const ran = await gate(trivy, openvex, "teamdojo:latest", "text");
    expect(ran.code).toBe(1);
    const section = ran.out.slice(ran.out.indexOf("suppressed CVE"), ran.out.indexOf("\n\nevidence "));
    expect(section).toMatchInlineSnapshot(`
      "suppressed CVE-2020-15999 in pkg:apk/alpine/freetype@2.9.1-r2?distro=alpine-3.9.4
        = because: acme.vex.json /statements/0 says not_affected (vulnerable_code_not_in_execute_path), by
                   Acme Product Security, believed as claimed, 2026-11-01T09:00:00Z

      kept CVE-2020-28196 in pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.9.4
        = because: acme.vex.json /statements/1 says affected, by Acme Product Security, believed as
                   claimed, 2026-11-01T09:00:00Z
      kept CVE-2019-12900 in pkg:apk/alpine/libbz2@1.0.6-r6?distro=alpine-3.9.4
        = rejected: acme.vex.json /statements/2 says not_affected (vulnerable_code_not_in_execute_path),
                    by Acme Product Security, believed as claimed, 2026-11-01T09:00:00Z: it names no
                    version and no digest, so it would hold for ever
      kept CVE-2018-11771 in pkg:maven/org.apache.commons/commons-compress@1.14
        = rejected: acme.vex.json /statements/3 says not_affected (vulnerable_code_not_in_execute_path),
                    by Acme Product Security, believed as claimed, 2026-11-01T09:00:00Z: whether it is
                    about this cannot be told: it asks for \`type=jar\`, which the component does not have
      kept CVE-2018-1324 in pkg:maven/org.apache.commons/commons-compress@1.14
        = rejected: acme.vex.json /statements/4 says not_affected (vulnerable_code_not_in_execute_path),
                    by Acme Product Security, believed as claimed, 2027-01-01T00:00:00Z: it holds only
                    from 2027-01-01T00:00:00Z on

      unmatched acme.vex.json /statements/5 on CVE-2020-28196 matched nothing; nearest miss: qualifier
        distro: it asks for alpine-3.10.0, pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.9.4 has
        alpine-3.9.4
      unmatched acme.vex.json /statements/6 on CVE-2099-10000 matched nothing; no finding has
        CVE-2099-10000

      VEX by claimed on teamdojo:latest: 5 findings: 1 suppressed, 4 kept, 0 in conflict, 0 unmentioned; 7 statements, 2 matched nothing"
    `);
  });

  it("Trivy and OpenVEX, for viewers of SARIF: what is suppressed is not lost, and not open", async () => {
    const log = JSON.parse((await gate(trivy, openvex, "teamdojo:latest", "sarif")).out) as Log;
    expect(problems(log)).toEqual([]);
    const results = log.runs[0]?.results ?? [];
    const open = results.filter((one) => one.suppressions === undefined);
    // Under what the clause says: why statements that would resolve it do not.
    const why = open.map(({ message }) => message.text.split("\n").filter((line) => line.startsWith("VEX")));
    expect(why).toEqual([
      ["VEX: acme.vex.json /statements/1 says affected, by Acme Product Security, believed as claimed, 2026-11-01T09:00:00Z"],
      [expect.stringMatching(/^VEX rejected: acme\.vex\.json \/statements\/2 says not_affected .*: it names no version and no digest/)],
      [expect.stringMatching(/^VEX rejected: acme\.vex\.json \/statements\/3 .*: whether it is about this cannot be told: .*`type=jar`/)],
      [expect.stringMatching(/^VEX rejected: acme\.vex\.json \/statements\/4 .*: it holds only from 2027-01-01T00:00:00Z on$/)],
    ]);
    const notes = log.runs[0]?.invocations[0]?.toolExecutionNotifications ?? [];
    expect(notes.map(({ level, descriptor, message }) => [level, descriptor.id, message.text])).toEqual([
      [
        "note",
        "vex-unmatched",
        "acme.vex.json /statements/5 on CVE-2020-28196 matched nothing; nearest miss: qualifier distro: it asks for alpine-3.10.0, pkg:apk/alpine/krb5-libs@1.15.5-r0?distro=alpine-3.9.4 has alpine-3.9.4",
      ],
      ["note", "vex-unmatched", "acme.vex.json /statements/6 on CVE-2099-10000 matched nothing; no finding has CVE-2099-10000"],
    ]);
    expect(open.map(({ message, level }) => [message.text.split("\n")[0], level])).toEqual([
      ["CVE-2020-28196 in krb5-libs", "error"],
      ["CVE-2019-12900 in libbz2", "error"],
      ["CVE-2018-11771 in commons-compress", "error"],
      ["CVE-2018-1324 in commons-compress", "error"],
    ]);
    const suppressed = results.filter((one) => one.suppressions !== undefined);
    expect(suppressed).toMatchObject([
      {
        message: {
          text: "CVE-2020-15999 in pkg:apk/alpine/freetype@2.9.1-r2?distro=alpine-3.9.4 is not_affected (vulnerable_code_not_in_execute_path)",
        },
        level: "note",
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: expect.stringMatching(/^acme\.vex\.json \/statements\/0 .*No font is ever loaded\.$/),
          },
        ],
      },
    ]);
  });

  it("Trivy and statements that contradict each other, for viewers of SARIF: the finding is a result, beside those that violate", async () => {
    const both = ["affected", "not_affected"].map((status) =>
      statement(
        "CVE-2019-12900",
        { "@id": "pkg:apk/alpine/libbz2@1.0.6-r6" },
        status === "affected" ? { status, action_statement: "Upgrade." } : unused,
      ),
    );
    const log = JSON.parse((await gate(trivy, { ...openvex, statements: both }, "teamdojo:latest", "sarif")).out) as Log;
    expect(problems(log)).toEqual([]);
    const results = log.runs[0]?.results ?? [];
    expect(results.filter(({ ruleId }) => ruleId !== "vex-conflict")).toHaveLength(4);
    const conflict = results.filter(({ ruleId }) => ruleId === "vex-conflict");
    expect(conflict.map(({ level, suppressions, message }) => [level, suppressions, message.text.split("\n")])).toEqual([
      [
        "warning",
        undefined,
        [
          "CVE-2019-12900 in pkg:apk/alpine/libbz2@1.0.6-r6?distro=alpine-3.9.4: VEX statements of equal rank disagree",
          expect.stringMatching(/^VEX: acme\.vex\.json \/statements\/\d says/),
          expect.stringMatching(/^VEX: acme\.vex\.json \/statements\/\d says/),
        ],
      ],
    ]);
  });

  it("Grype and CSAF: a finding is suppressed by the alias that the statement names, and no other", async () => {
    const ran = await gate(grype, csaf, "vulnerable-image:latest", "json");
    expect(ran.code).toBe(1);
    const [section] = (JSON.parse(ran.out) as { vex: readonly Section[] }).vex;
    expect(section?.findings.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["CVE-2021-32626", "kept"],
      ["GHSA-v6rh-hp5x-86rv", "suppressed"],
      ["GHSA-v6rh-hp5x-86rv", "suppressed"],
    ]);
    expect(section?.unmatched.map(({ nearest }) => nearest)).toEqual(["qualifier"]);
    const log = JSON.parse((await gate(grype, csaf, "vulnerable-image:latest", "sarif")).out) as Log;
    expect(problems(log)).toEqual([]);
    expect(log.runs[0]?.results.filter((one) => one.suppressions !== undefined)).toHaveLength(2);
  });

  it("nothing is suppressed where the policy believes a name, and nobody signed", async () => {
    const signed = policy
      .replace(
        "policy findings",
        'trust release = key { fingerprint: "sha256:0000000000000000000000000000000000000000000000000000000000000000" }\npolicy findings',
      )
      .replace("resolved by claimed", "resolved by release");
    const cwd = await folder({ "p.scp": signed, "acme.vex.json": JSON.stringify(openvex) });
    const ran = await waybill(["gate", "-s", "pkg:generic/teamdojo", "-p", "p.scp", "-e", trivy, "acme.vex.json", "--format", "json"], {
      cwd,
    });
    const report = JSON.parse(ran.out) as { readonly vex: readonly Section[] };
    expect(report.vex[0]?.counts).toMatchObject({ suppressed: 0 });
    const reasons = report.vex[0]?.findings.flatMap(({ rejected }) => rejected.map(({ reason }) => reason));
    expect(new Set(reasons)).toEqual(new Set(["unsigned"]));
  });
});
