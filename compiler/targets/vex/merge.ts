/** Several VEX documents as one: every statement once, each with the time at which it holds, in an order of their own. */
import type { VexAssertion, VexDocument, VexStatus } from "../../../engine/decide/vex/document.ts";
import { compareRevisions } from "../../../engine/decide/vex/revision.ts";
import { aliasClasses } from "../../../engine/evidence/openvex/rules.ts";
import { origin } from "../../../language/core/data.ts";
import { claimsOf } from "./claims.ts";
import { suppresses } from "./words.ts";

/** A document, and what people call it. */
export interface Source {
  readonly name: string;
  readonly document: VexDocument;
}

export interface Merged {
  readonly document: VexDocument;
  /** Statements of one time that say different things about the same; none of them is left out. */
  readonly contradictions: readonly Contradiction[];
  /** Documents of which a later version is among the sources: what only they say is gone. */
  readonly superseded: readonly { readonly source: Source; readonly newer: Source }[];
  /** Documents that do not tell which of their versions is the later one: what suppresses in them is left out. */
  readonly unclear: readonly { readonly source: Source; readonly other: Source }[];
  /** Authors whose statements stand in a document of another, with how many. */
  readonly authors: ReadonlyMap<string, number>;
  /** How many statements had no time, nor their documents: they are dated so that they suppress least. */
  readonly undated: number;
}

export interface Contradiction {
  readonly vulnerability: string;
  readonly product: string;
  /** One for each status, in their order. */
  readonly statements: readonly Contradicting[];
}

/** A statement that contradicts another: what it says, the name of its document, and where it stands there, if that is known. */
export interface Contradicting {
  readonly status: VexStatus;
  readonly source: string;
  readonly pointer: string | undefined;
}

/**
 * Merges in any order of the sources to the same document. Times are made explicit before documents that gave them are gone
 * (OpenVEX 0.2.0, "Inheritance"). Of versions of one document by one author only the latest counts, or what it retracted
 * would come back; where it cannot be told which is the latest, what warns counts of each. The result has the newest time among them, and without `author` the one that all have. A statement without
 * any time must not become newer than what stands against it: what suppresses gets the oldest time there is, the rest the newest.
 */
export function mergeVex(sources: readonly Source[], author: string | undefined): Merged {
  const { kept, superseded, unclear } = latest(sources);
  const times = kept.flatMap(({ document }) => [document, ...document.statements].flatMap(({ timestamp }) => timestamp ?? []));
  const range =
    times.length === 0 ? undefined : { oldest: times.reduce((a, b) => Math.min(a, b)), newest: times.reduce((a, b) => Math.max(a, b)) };
  let undated = 0;
  const said: Said[] = [];
  for (const { name, document } of kept) {
    for (const statement of document.statements) {
      const timed = statement.timestamp ?? document.timestamp;
      if (timed === undefined) undated++;
      const explicit = withOwnNames(statement, timed ?? (range && (suppresses(statement.status) ? range.oldest : range.newest)));
      const claims = [...new Set(claimsOf({ format: "openvex", statements: [explicit] }).map(({ fields }) => canonical(fields)))].sort();
      said.push({
        statement: explicit,
        source: name,
        author: document.author,
        claims,
        text: canonical([claims, explicit, document.author ?? ""]),
      });
    }
  }
  const { kept: told, authored } = withoutRepetition(said);
  const authors = new Set(kept.map(({ document }) => document.author));
  const [only] = authors;
  const shared = authors.size === 1 ? only : undefined;
  const document: VexDocument = {
    format: "openvex",
    ...((author ?? shared) === undefined ? {} : { author: (author ?? shared) as string }),
    ...(range === undefined ? {} : { timestamp: range.newest }),
    version: "1",
    statements: told.map(({ statement }) => statement),
  };
  const others = new Map([...authored].filter(([name]) => name !== document.author).sort(([a], [b]) => compareText(a, b)));
  return { document, contradictions: contradictionsOf(document, told), superseded, unclear, authors: others, undated };
}

/** A statement with what it comes to: one text for each vulnerability, product and part, whatever words its format has. */
interface Said {
  readonly statement: VexAssertion;
  /** Name of its document. */
  readonly source: string;
  readonly author: string | undefined;
  readonly claims: readonly string[];
  /** Where it stands among all. */
  readonly text: string;
}

/**
 * Without the statements that say nothing which others do not say: formats group the same claims differently. The largest
 * are taken first, and of equals the first as text, so that it does not matter in which file a statement was.
 */
function withoutRepetition(said: readonly Said[]): {
  readonly kept: readonly Said[];
  readonly authored: ReadonlyMap<string, number>;
} {
  const covered = new Set<string>();
  const authored = new Map<string, number>();
  const kept: Said[] = [];
  for (const one of said.toSorted((a, b) => b.claims.length - a.claims.length || compareText(a.text, b.text))) {
    if (one.claims.every((claim) => covered.has(claim))) continue;
    for (const claim of one.claims) covered.add(claim);
    kept.push(one);
    if (one.author !== undefined) authored.set(one.author, (authored.get(one.author) ?? 0) + 1);
  }
  return { kept: kept.sort((a, b) => compareText(a.text, b.text)), authored };
}

/** As decisions have it (`engine/decide/vex`): of one id and author, a greater version. A newer time alone takes nothing back. */
function latest(sources: readonly Source[]): Pick<Merged, "superseded" | "unclear"> & { readonly kept: readonly Source[] } {
  const keyOf = ({ document }: Source): string => JSON.stringify([document.id, document.author]);
  const byName = Map.groupBy(
    sources.filter(({ document }) => document.id !== undefined && document.version !== undefined),
    keyOf,
  );
  const superseded: { readonly source: Source; readonly newer: Source }[] = [];
  const unclear: { readonly source: Source; readonly other: Source }[] = [];
  const kept = sources.flatMap((source): readonly Source[] => {
    const { document } = source;
    if (document.id === undefined || document.version === undefined) return [source];
    const versions = byName.get(keyOf(source)) ?? [];
    const newest = versions.reduce((best, one) => ((orderOf(one, best) ?? 0) > 0 ? one : best), source);
    if (newest !== source) {
      superseded.push({ source, newer: newest });
      return [];
    }
    // Two that claim the same version are both heard: which is the real one cannot be told.
    const other = versions.find((one) => orderOf(one, source) === undefined);
    if (other === undefined) return [source];
    unclear.push({ source, other });
    return [{ ...source, document: { ...document, statements: document.statements.filter(({ status }) => !suppresses(status)) } }];
  });
  return { kept: kept.sort((a, b) => compareText(canonical(a.document), canonical(b.document))), superseded, unclear };
}

/** Undefined: which of the two is the later one cannot be told. A document, and one that is the same, is no other version. */
function orderOf(a: Source, b: Source): number | undefined {
  if (a === b) return 0;
  const found = compareRevisions(a.document.version ?? "", b.document.version ?? "");
  return found === undefined && canonical(a.document) === canonical(b.document) ? 0 : found;
}

/** With the time at which it holds; and ids that only mean something in their document are left to what identifies the product. */
function withOwnNames(statement: VexAssertion, timestamp: number | undefined): VexAssertion {
  const products = statement.products.map((product) => {
    const local = !/^[a-z][a-z0-9+.-]*:/i.test(product.id);
    const named = product.name !== undefined || product.purl !== undefined || product.cpe !== undefined || product.digests.length > 0;
    return local && named ? { ...product, id: product.purl ?? product.name ?? product.id } : product;
  });
  return { ...statement, ...(timestamp === undefined ? {} : { timestamp }), products };
}

/** As `vex validate` finds them in OpenVEX: names of one vulnerability are what any statement calls so. `said` is where its statements come from. */
function contradictionsOf(document: VexDocument, said: readonly Said[]): readonly Contradiction[] {
  const classOf = aliasClasses(document.statements.map(({ vulnerability, aliases }) => [vulnerability, ...aliases]));
  interface Place {
    readonly about: string;
    /** By status the first that says it. */
    readonly first: Map<VexStatus, Said>;
  }
  const byPlace = new Map<string, Place>();
  for (const claim of claimsOf(document)) {
    const one = said[claim.statement];
    if (one === undefined) continue;
    const key = JSON.stringify([classOf(one.statement.vulnerability), claim.about, claim.fields.timestamp]);
    const place: Place = byPlace.get(key) ?? { about: claim.about, first: new Map() };
    byPlace.set(key, place);
    if (!place.first.has(one.statement.status)) place.first.set(one.statement.status, one);
  }
  const texts = new Map<string, Contradiction>();
  for (const { about, first } of byPlace.values()) {
    if (first.size < 2) continue;
    const all = [...first.values()].sort((a, b) => compareText(a.statement.status, b.statement.status));
    const vulnerability = sharedName(all.map(({ statement }) => [statement.vulnerability, ...statement.aliases]));
    const statements = all.map(({ statement, source }) => ({ status: statement.status, source, pointer: statement[origin]?.pointer }));
    const product = shown(about);
    const text = `${vulnerability} ${product}`;
    if (!texts.has(text)) texts.set(text, { vulnerability, product, statements });
  }
  return [...texts].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}

/** A name that all have, else the first of the first. */
function sharedName([first = [], ...others]: readonly (readonly string[])[]): string {
  return first.filter((name) => others.every((names) => names.includes(name))).sort()[0] ?? first[0] ?? "";
}

/** The key of a claim, for people. */
export function shown(about: string): string {
  const [identity, version, versions, subcomponent] = JSON.parse(about === "" ? '["every product"]' : about) as (
    | string
    | null
    | undefined
  )[];
  const parts = [
    identity === "" ? "a product without a name" : identity,
    version,
    versions,
    subcomponent == null ? null : `(of it ${subcomponent})`,
  ];
  return parts.filter((part) => part != null).join(" ");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compareText(a, b)))
      : inner,
  );
}
