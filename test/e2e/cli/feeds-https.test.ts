/** Feeds by HTTPS: from servers whose certificates somebody vouches for, and from no others. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pemOf, rootAuthority, serverCertificate } from "../../trust/certificates.ts";
import { grype } from "./fixtures.ts";
import { folder, type Ran, waybill } from "./waybill.ts";

const day = 86_400_000;
const from = (days: number): Date => new Date(Date.now() + days * day);
const authority = rootAuthority("waybill test authority", from(-10), from(10));

const catalogue = JSON.stringify({
  catalogVersion: "2026.11.20",
  dateReleased: "2026-11-20T15:00:00.0000Z",
  count: 1,
  vulnerabilities: [{ cveID: "CVE-2021-44228", dateAdded: "2021-12-10", dueDate: "2021-12-24" }],
});
const policy = `module acme.risk

import waybill.vuln

policy risk for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid listed: some f in scan.findings where f.kev else "{f.id} is listed"
}
`;

const servers: Server[] = [];
let connections = 0;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return (server.address() as AddressInfo).port;
}

function secure(certificate: { readonly key: string; readonly cert: string }, elsewhere?: string): Promise<number> {
  return listening(
    createServer(certificate, (_request, response) => {
      if (elsewhere === undefined) response.end(catalogue);
      else response.writeHead(302, { location: elsewhere }).end();
    }),
  );
}

let good: string;
let authorities: string;
beforeAll(async () => {
  good = `https://127.0.0.1:${await secure(serverCertificate(authority, "127.0.0.1", from(-1), from(1)))}/kev.json`;
  const at = await folder({ "authority.pem": pemOf(authority.certificate) });
  authorities = join(at, "authority.pem");
});
afterAll(() => {
  for (const server of servers) server.close();
});

const project = (url: string): Promise<string> =>
  folder({
    "risk.scp": policy,
    "scan.json": grype([{ id: "CVE-2021-44228", severity: "High" }]),
    "waybill.toml": `policy = "risk.scp"\n\n[feeds]\ncache = "cache"\nkev = "${url}"\n`,
  });
const update = (cwd: string, env: Readonly<Record<string, string>> = { NODE_EXTRA_CA_CERTS: authorities }): Promise<Ran> =>
  waybill(["feeds", "update", "--format", "json"], { cwd, env });
const gate = (cwd: string): Promise<Ran> =>
  waybill(["gate", "-s", "pkg:npm/shop", "-e", "scan.json", "-f", "json", "--now", "2026-11-21T12:00:00Z"], { cwd });

interface Answer {
  readonly feeds: readonly { readonly outcome: string; readonly problem?: string }[];
}
const outcome = ({ out }: Ran) => (JSON.parse(out) as Answer).feeds[0];

it("are fetched from a server whose authority the caller knows", async () => {
  const cwd = await project(good);
  const ran = await update(cwd);
  expect([ran.code, outcome(ran)]).toEqual([0, expect.objectContaining({ outcome: "updated" })]);
  const decided = await gate(cwd);
  expect([decided.code, decided.out.includes("CVE-2021-44228 is listed")]).toEqual([1, true]);
});

it("of an authority that nobody knows could not be had: no answer that there is nothing, no second attempt, no decision", async () => {
  const cwd = await project(good);
  const before = connections;
  // What an environment says for other programs makes nobody known either.
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }]) {
    const ran = await update(cwd, env);
    expect([ran.code, outcome(ran)]).toEqual([
      3,
      expect.objectContaining({ outcome: "failed", problem: expect.stringContaining("the certificate of the server does not hold") }),
    ]);
    expect(ran.err).toContain("WB1278");
    expect(ran.err.replaceAll(/\s+/g, " ")).toContain("`NODE_EXTRA_CA_CERTS=FILE`");
  }
  expect(connections).toBe(before + 2);
  expect(readdirSync(join(cwd, "cache")).filter((name) => name === "blobs")).toEqual([]);
  const decided = await gate(cwd);
  expect([decided.code, decided.out.includes('"transient"')]).toEqual([3, true]);
});

it("that were fetched before stay, where the server is another since", async () => {
  const cwd = await project(good);
  await update(cwd);
  expect((await update(cwd, {})).code).toBe(3);
  expect((await waybill(["feeds", "list"], { cwd })).code).toBe(0);
  expect((await gate(cwd)).code).toBe(1);
});

it.each([
  ["whose certificate is over", serverCertificate(authority, "127.0.0.1", from(-5), from(-1)), "expired"],
  ["whose certificate is not valid yet", serverCertificate(authority, "127.0.0.1", from(2), from(5)), "not yet valid"],
  ["whose certificate is another's", serverCertificate(authority, "127.0.0.2", from(-1), from(1)), "IP: 127.0.0.1"],
])("are not fetched from a server %s", async (_what, certificate, problem) => {
  const cwd = await project(`https://127.0.0.1:${await secure(certificate)}/kev.json`);
  const ran = await update(cwd);
  expect([ran.code, outcome(ran)]).toEqual([3, expect.objectContaining({ outcome: "failed", problem: expect.stringContaining(problem) })]);
});

it("are not fetched without TLS where `https` is named, nor where a server leads to", async () => {
  const plain = await listening(createPlainServer((_request, response) => response.end(catalogue)));
  const leading = await secure(serverCertificate(authority, "127.0.0.1", from(-1), from(1)), `http://127.0.0.1:${plain}/kev.json`);
  for (const port of [plain, leading]) {
    const cwd = await project(`https://127.0.0.1:${port}/kev.json`);
    const ran = await waybill(["feeds", "update", "--attempts", "1", "--format", "json"], {
      cwd,
      env: { NODE_EXTRA_CA_CERTS: authorities },
    });
    expect([ran.code, outcome(ran)?.outcome]).toEqual([3, "failed"]);
  }
});

it("checksums are fetched from known servers too", async () => {
  const cwd = await project(good);
  const unknown = rootAuthority("somebody else", from(-10), from(10));
  const port = await secure(serverCertificate(unknown, "127.0.0.1", from(-1), from(1)));
  const text = readFileSync(join(cwd, "waybill.toml"), "utf8");
  writeFileSync(
    join(cwd, "waybill.toml"),
    text.replace(`"${good}"`, `{ url = "${good}", checksum = "https://127.0.0.1:${port}/kev.json.sha256" }`),
  );
  const ran = await update(cwd);
  expect([ran.code, outcome(ran)?.outcome]).toEqual([3, "failed"]);
  expect((await waybill(["feeds", "list"], { cwd })).code).toBe(1);
});
