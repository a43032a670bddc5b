/** What a VEX document decides: the algebra's verdict for every vulnerability, product, version and part that it names, and for others. */

import { indexVex, type VexSubject, vexDecider } from "../../engine/decide/vex/decide.ts";
import type { VexDocument, VexFormat } from "../../engine/decide/vex/document.ts";
import { csaf } from "../../engine/evidence/csaf/adapter.ts";
import { cyclonedx } from "../../engine/evidence/cyclonedx/adapter.ts";
import { openvex } from "../../engine/evidence/openvex/adapter.ts";
import { type DataRecord, type DocumentRef, origin } from "../../language/core/data.ts";
import { parsePurl } from "../../language/domains/purl.ts";

const adapters = { openvex, csaf, cyclonedx };

/** The data of a document as evidence has it. */
export function dataOf(json: unknown, format: VexFormat): DataRecord {
  const digest = `sha256:${"0".repeat(64)}`;
  const { value } = adapters[format].read(json, { name: "vex.json", digest, base: "" });
  const found = value.find((one) => one.type === "waybill.vex.Document");
  if (found === undefined) throw new Error(`no VEX in a ${format} document`);
  return found.data;
}

/** One question: a vulnerability in a component of a product. */
export interface Probe {
  readonly name: string;
  readonly subject: VexSubject;
  readonly finding: DataRecord;
}

/** The bill of materials that the product asked about is the root of. */
const bill: DocumentRef = { digest: `sha256:${"b".repeat(64)}`, name: "bom.json", format: "cyclonedx", predicateType: "waybill.sbom.Bom" };

/** A part of every product that no statement names. */
const elsewhere: DataRecord = { id: "elsewhere", name: "elsewhere", version: "1.0", purl: "pkg:npm/elsewhere@1.0" };

/** Versions that a text of versions or a range names, with some between and beyond them. */
function around(texts: readonly string[]): readonly string[] {
  const named = texts.flatMap((text) =>
    text
      .replace(/^vers:[^/]*\//, "")
      .split("|")
      .map((part) => part.replace(/^[<>=!]+/, "")),
  );
  const near = named.flatMap((version) => {
    const found = /^(.*?)(\d+)$/.exec(version);
    return found === null ? [version] : [version, `${found[1]}${Number(found[2]) + 1}`];
  });
  return [...new Set([...near, "0.0.1", "99.0.0"])].filter((version) => version !== "*");
}

export function probesOf(document: VexDocument): readonly Probe[] {
  const probes = new Map<string, Probe>();
  const vulnerabilities = new Set(document.statements.flatMap(({ vulnerability, aliases }) => [vulnerability, ...aliases]));
  const products = document.statements.flatMap((statement) => statement.products);
  const texts = (key: string) => products.filter((one) => one.id === key).flatMap((one) => [one.version ?? [], one.versions ?? []].flat());
  for (const product of products) {
    // What has a digest is of one version.
    const versions = product.digests.length > 0 && product.version !== undefined ? [product.version] : around(texts(product.id));
    const parts = [
      elsewhere,
      ...product.subcomponents.map(
        (text): DataRecord => ({
          id: text,
          name: parsedName(text),
          version: parsedVersion(text),
          purl: text.startsWith("pkg:") ? text : undefined,
        }),
      ),
    ];
    for (const version of versions) {
      const root = rootOf(product.id, product.name, version, product.purl);
      const parsed = typeof root["purl"] === "string" ? parsePurl(root["purl"]) : undefined;
      const link = /^urn:cdx:([^/]*)\/(\d+)#(.*)$/.exec(product.id);
      const subject: VexSubject = {
        digests: product.digests,
        ...(parsed?.ok ? { purl: parsed.value } : {}),
        boms: [
          {
            document: bill.digest,
            ...(link === null ? {} : { serial: `urn:uuid:${link[1]}`, version: Number(link[2]) }),
            root: link === null ? root : { ...root, id: link[3] },
          },
        ],
      };
      for (const vulnerability of vulnerabilities)
        for (const component of parts) {
          const name = `${vulnerability} in ${String(component["name"])} of ${product.id} ${version}`;
          probes.set(name, { name, subject, finding: { id: vulnerability, aliases: [], component } });
        }
    }
  }
  return [...probes.values()];
}

function rootOf(id: string, name: string | undefined, version: string, purl: string | undefined): DataRecord {
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  const own = parsed?.ok ? (parsed.value.version ?? version) : version;
  const text = parsed?.ok && parsed.value.version === undefined ? purl?.replace(/(?=\?|$)/, `@${version}`) : purl;
  return { id, name: name ?? parsedName(id), version: own, purl: text, hashes: [], [origin]: { document: bill, pointer: "" } };
}

function parsedName(text: string): string {
  const parsed = parsePurl(text);
  return parsed.ok ? parsed.value.name : text;
}

function parsedVersion(text: string): string | undefined {
  const parsed = parsePurl(text);
  return parsed.ok ? parsed.value.version : undefined;
}

/** Each probe's verdict, as text: `suppressed not_affected`. `now` in microseconds. */
export function decisionsOf(documents: readonly DataRecord[], probes: readonly Probe[], now: number): ReadonlyMap<string, string> {
  const index = indexVex([{ name: "claimed", documents, trusted: true }]);
  return new Map(
    probes.map(({ name, subject, finding }) => {
      const verdict = vexDecider(index, subject, { now })(finding);
      return [name, `${verdict.kind} ${verdict.status ?? ""}`.trim()];
    }),
  );
}
