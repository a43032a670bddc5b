/** What OpenVEX 0.2.0 asks of documents beside their shape. */
import { digestOf } from "../../../language/domains/digest.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import type { VexFault } from "../vex/fault.ts";

export interface OpenVexRules {
  /** Microseconds: what is dated later is of the future. Undefined: nothing is. */
  readonly now?: number | undefined;
  /** The document is the predicate of a statement, whose subjects are the products of statements that name none. */
  readonly encapsulated: boolean;
}

/** Every breach, in document order, by pointers relative to the document; contradictions last. */
export function openvexFaults(vex: Json, rules: OpenVexRules): readonly VexFault[] {
  const faults: VexFault[] = [];
  const issued = text(vex["timestamp"]);
  dated(vex, ["timestamp", "last_updated"], "", rules.now, faults);
  const statements = objects(vex["statements"]);
  for (const [index, statement] of statements.entries()) {
    const pointer = `/statements/${index}`;
    const products = objects(statement["products"]);
    if (products.length === 0 && !rules.encapsulated)
      faults.push({ code: "openvex-product", pointer, message: "the statement names no product, and nothing around the document does" });
    for (const [place, product] of products.entries()) identified(product, `${pointer}/products/${place}`, faults);
    dated(statement, ["timestamp", "last_updated", "action_statement_timestamp"], pointer, rules.now, faults);
  }
  return [...faults, ...ties(statements, issued)];
}

/** "Timestamp is the time at which the information expressed in the statement was known to be true": that cannot be later than now. */
function dated(json: Json, names: readonly string[], pointer: string, now: number | undefined, faults: VexFault[]): void {
  for (const name of names) {
    const written = text(json[name]);
    const time = written === undefined ? undefined : parseTime(written);
    if (now === undefined || time?.ok !== true || time.value <= now) continue;
    faults.push({ code: "openvex-time", pointer: `${pointer}/${name}`, message: `\`${written}\` is in the future` });
  }
}

/** Identifiers and hashes of a product and its subcomponents ("Component Fields", appendices A and B). */
function identified(component: Json, pointer: string, faults: VexFault[]): void {
  const identifiers = object(component["identifiers"]);
  const id = text(component["@id"]);
  const purls = [
    [identifiers?.["purl"], `${pointer}/identifiers/purl`],
    [id?.startsWith("pkg:") === true ? id : undefined, `${pointer}/@id`],
  ] as const;
  for (const [purl, place] of purls) {
    const read = typeof purl === "string" ? parsePurl(purl) : undefined;
    if (read?.ok === false) faults.push({ code: "openvex-purl", pointer: place, message: read.problem });
  }
  for (const [algorithm, hex] of Object.entries(object(component["hashes"]) ?? {})) {
    const digest = digestOf(algorithm, typeof hex === "string" ? hex : "");
    if (!digest.ok) faults.push({ code: "openvex-hash", pointer: `${pointer}/hashes/${algorithm}`, message: digest.problem });
  }
  for (const [index, part] of objects(component["subcomponents"]).entries()) identified(part, `${pointer}/subcomponents/${index}`, faults);
}

/**
 * Statements are a sequence, each overriding the one before: two of one instant that say different things of the same
 * vulnerability, product and subcomponent are in no order.
 */
function ties(statements: readonly Json[], issued: string | undefined): readonly VexFault[] {
  const faults: VexFault[] = [];
  const said = new Map<string, { readonly status: unknown; readonly index: number }>();
  const classOf = aliasClasses(statements.map(idsOf));
  for (const [index, statement] of statements.entries()) {
    const written = text(statement["timestamp"]) ?? issued ?? "";
    const time = parseTime(written);
    const vulnerability = classOf(idsOf(statement)[0] ?? "");
    const against = new Set<number>();
    for (const subject of subjectsOf(statement)) {
      const key = JSON.stringify([time.ok ? time.value : written, vulnerability, ...subject]);
      const before = said.get(key);
      if (before === undefined) said.set(key, { status: statement["status"], index });
      else if (before.status !== statement["status"]) against.add(before.index);
    }
    for (const other of against) {
      const message = `says \`${String(statement["status"])}\` of what \`/statements/${other}\` says \`${String(statements[other]?.["status"])}\` of at the same instant`;
      faults.push({ code: "openvex-tie", pointer: `/statements/${index}`, message });
    }
  }
  return faults;
}

function idsOf(statement: Json): readonly string[] {
  const vulnerability = object(statement["vulnerability"]);
  return [text(vulnerability?.["name"]) ?? "", ...texts(vulnerability?.["aliases"])];
}

/** One name for all that are names of each other, whatever statement says so, in any order and in circles. */
export function aliasClasses(groups: readonly (readonly string[])[]): (id: string) => string {
  const above = new Map<string, string>();
  const top = (id: string): string => {
    let root = id;
    for (let next = above.get(root); next !== undefined && next !== root; next = above.get(root)) root = next;
    for (let at = id; at !== root; ) {
      const next = above.get(at) ?? root;
      above.set(at, root);
      at = next;
    }
    return root;
  };
  for (const [first = "", ...others] of groups) for (const other of others) above.set(top(other), top(first));
  return top;
}

/** Products and subcomponents by their names, in pairs. */
function subjectsOf(statement: Json): readonly (readonly [product: string, part: string])[] {
  const products = objects(statement["products"]);
  if (products.length === 0) return [["", ""]];
  return products.flatMap((product) => {
    const parts = objects(product["subcomponents"]);
    return (parts.length === 0 ? [""] : parts.map(nameOf)).map((part) => [nameOf(product), part] as const);
  });
}

function nameOf(component: Json): string {
  const identifiers = object(component["identifiers"]) ?? {};
  const name = text(identifiers["purl"]) ?? text(component["@id"]) ?? text(identifiers["cpe23"]) ?? text(identifiers["cpe22"]) ?? "";
  const purl = name.startsWith("pkg:") ? parsePurl(name) : undefined;
  return purl?.ok ? purl.value.text : name;
}
